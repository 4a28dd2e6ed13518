// The whole way of a message through a real mail server: swaks hands it in, Postfix takes notice and code and
// delivers them to mailboxes, and the answer comes home the way its safety allows.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { parseAddress } from '../../server/core/address.ts';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { sampleMail } from '../../server/try/sample-mail.ts';
import { Visitor } from '../support/browser.ts';
import { makeCertificate } from '../support/certificates.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable } from '../support/relay.ts';
import { runTool, skipWithout } from '../support/smtp-dialog-tools.ts';
import { plainMail, submit } from '../support/submit.ts';

const noPostfix = postfixMissing();
if (noPostfix !== undefined) console.error(noPostfix);
const skip = noPostfix ?? skipWithout('swaks');

const FILE = randomBytes(90_000);
const LINK = /\/m\/[A-Za-z0-9_-]{22}/;
const CODE = /^(\d{8})$/m;

for (const tls of ['verified', 'opportunistic'] as const) {
  describe(`with a real Postfix as relay, RELAY_TLS=${tls}`, { skip }, () => {
    let dir = '';
    let postfix: Postfix;
    let running: Running;
    let bob: Visitor;
    let id = '';

    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'sealpost-postfix-'));
      const certificate = makeCertificate({ names: ['localhost'] });
      if (tls === 'verified') setDefaultCACertificates([...getCACertificates('default'), certificate.caPem]);
      postfix = await startPostfix({ dir, tls: certificate, refuse: ['nobody@recipient.example'] });
      running = await startProgram({
        workerRuns: true,
        env: {
          RELAY_URL: `smtp://localhost:${postfix.port}`,
          RELAY_TLS: tls,
          MAIL_FROM: 'Example Ltd <secure@example.com>',
          SMTP_REQUIRE_TLS: 'false',
          SMTP_CLIENTS: '127.0.0.0/8',
          ADMINS: 'admin@example.com',
        },
      });
    });
    after(async () => {
      await running.stop();
      await postfix.stop();
      await rm(dir, { recursive: true, force: true });
    });

    // A mailbox does not keep the order in which mails of one second came.
    async function mailWith(address: string, count: number, pattern: RegExp): Promise<string> {
      const mails = await postfix.arrived(address, count);
      return mails.find((mail) => pattern.test(readable(mail))) ?? '';
    }

    test('swaks hands in a mail with pictures and files for two, and both are told', async () => {
      const sample = sampleMail({
        from: { name: 'Alice Example', address: mustAddress('alice@example.com') },
        to: [{ name: 'Bob', address: mustAddress('bob@recipient.example') }],
        at: new Date(running.clock.nowMs()),
      });
      const to = ['bob@recipient.example', 'nobody@recipient.example'];
      const { status, output } = await runTool(
        'swaks',
        [
          '--server',
          `127.0.0.1:${running.smtpPort}`,
          '--from',
          'alice@example.com',
          '--to',
          to.join(','),
          '--data',
          '-',
        ],
        sample.raw.toString('latin1'),
      );
      assert.equal(status, 0, output);
      id = /250 2\.0\.0 ([0-9a-z]{26})/.exec(output)?.[1] ?? '';
      const [notice = ''] = await postfix.arrived('bob@recipient.example');
      assert.match(notice, /^Return-Path: <secure\+b-[0-9a-z]{26}@example\.com>/m);
      assert.match(notice, /^From: .*Alice Example/m);
      assert.doesNotMatch(readable(notice), /Harbour Street/);
    });

    test('the sender hears of the recipient whom the server refused', async () => {
      const [failure = ''] = await postfix.arrived('alice@example.com');
      assert.match(failure, /^Return-Path: <>/m);
      assert.match(readable(failure), /nobody@recipient\.example/);
      assert.match(readable(failure), /550 5\.1\.1/);
      assert.doesNotMatch(readable(failure), /Harbour Street/);
    });

    test('the code arrives in the mailbox, and the message is read with it', async () => {
      bob = new Visitor(running.url);
      const link = LINK.exec(readable(await mailWith('bob@recipient.example', 1, LINK)))?.[0] ?? '';
      await bob.post(`${link}/passcode`, {}, link);
      const code = CODE.exec(readable(await mailWith('bob@recipient.example', 2, CODE)))?.[1] ?? '';
      assert.equal((await bob.post(`${link}/verify`, { code }, `${link}/verify`)).status, 303);
      assert.match((await bob.get(`/messages/${id}`)).text, /Harbour Street/);
    });

    test(`the answer comes home as ${tls === 'verified' ? 'an ordinary mail with its file' : 'a notice and nothing more'}`, async () => {
      const sent = await bob.postMultipart(
        `/messages/${id}/reply`,
        { text: 'A very private answer.' },
        [{ name: 'signed.bin', content: FILE }],
        `/messages/${id}`,
      );
      assert.equal(sent.status, 303, sent.text);
      const answer = await mailWith('alice@example.com', 2, /^From: "?Bob via/m);
      assert.match(answer, /^In-Reply-To: </m);
      assert.match(answer, /^References: </m);
      assert.match(answer, /^Auto-Submitted: auto-generated/m);
      const holds = readable(answer).includes('A very private answer.');
      const carries = answer.replace(/\r?\n/g, '').includes(FILE.toString('base64'));
      assert.deepEqual(
        { holds, carries },
        tls === 'verified' ? { holds: true, carries: true } : { holds: false, carries: false },
      );
      if (tls === 'opportunistic') assert.match(readable(answer), LINK);
    });
  });
}

describe('a real Postfix that is away for a while', { skip }, () => {
  test('what was taken in meanwhile arrives when it is back', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sealpost-postfix-'));
    const first = await startPostfix({ dir });
    await first.stop();
    const running = await startProgram({
      env: {
        RELAY_URL: `smtp://127.0.0.1:${first.port}`,
        RELAY_TLS: 'opportunistic',
        MAIL_FROM: 'Example Ltd <secure@example.com>',
        SMTP_REQUIRE_TLS: 'false',
        SMTP_CLIENTS: '127.0.0.0/8',
        ADMINS: 'admin@example.com',
      },
    });
    try {
      const to = ['bob@recipient.example'];
      assert.match(await submit(running.smtpPort, { from: 'alice@example.com', to, raw: plainMail({}) }), /^250 /);
      await running.drain();
      assert.match(running.logged(), /"mail\.failed"/);
      const second = await startPostfix({ dir, port: first.port });
      try {
        await running.drain();
        assert.deepEqual(await second.mailbox('bob@recipient.example'), [], 'not before its time');
        running.clock.forward(2 * MINUTE_MS);
        await running.drain();
        const [notice = ''] = await second.arrived('bob@recipient.example');
        assert.match(readable(notice), LINK);
      } finally {
        await second.stop();
      }
    } finally {
      await running.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
});

function mustAddress(text: string) {
  const address = parseAddress(text);
  assert.ok(address);
  return address;
}
