// Mail servers that prove themselves by a client certificate: who may hand in mail by one, who may not, and from when on. With the real
// program, and OpenSSL, swaks and Postfix as peers.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { listAudit } from '../../server/audit/audit-list.store.ts';
import { readShown } from '../../server/crypto/server-certificate.ts';
import type { ShownCertificate } from '../../server/crypto/server-certificate.ts';
import { identify, inboundSchema } from '../../server/delivery/inbound.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { connectSmtp } from '../support/smtp-dialog-peer.ts';
import type { SmtpPeer } from '../support/smtp-dialog-peer.ts';
import { runTool, skipWithout } from '../support/smtp-dialog-tools.ts';
import type { ToolRun } from '../support/smtp-dialog-tools.ts';
import { plainMail, submit } from '../support/submit.ts';

const authority = makeAuthority();
const certificateFor = (name: string, expiredDays?: number): TestCertificate =>
  makeCertificate({ authority, names: [name], ...(expiredDays === undefined ? {} : { expiredDays }) });
const own = certificateFor('mail.example.com');
const gateway = certificateFor('gateway.partner.example');
const renewed = certificateFor('renewed.partner.example');
const expired = certificateFor('old.partner.example', 2);
// The same authority and the same name: nothing of it is pinned.
const other = certificateFor('gateway.partner.example');

const shownOf = ({ certPem }: TestCertificate): ShownCertificate => {
  const shown = readShown(certPem);
  assert.ok(shown);
  return shown;
};
const byKey = (name: string, one: TestCertificate) => ({
  name,
  certificate: { by: 'key', pins: [shownOf(one).pin] },
});
const byCertificate = (name: string, one: TestCertificate) => ({
  name,
  certificate: { by: 'certificate', fingerprints: [shownOf(one).fingerprint] },
});
const peers = [byKey('gateway', gateway), byCertificate('renewed', renewed), byKey('old', expired)];

describe('a mail server with a client certificate', () => {
  let running: Running;
  before(async () => {
    running = await startProgram({
      // Nobody on this machine is listed.
      env: { SMTP_CLIENTS: '10.0.0.0/8', SMTP_TLS_CERT_FILE: own.certFile, SMTP_TLS_KEY_FILE: own.keyFile },
    });
    await save(peers);
  });
  after(() => running.stop());

  async function save(inbound: readonly object[]): Promise<void> {
    const { connectors } = running.program.delivery;
    const { version, connectors: value } = await connectors.newest();
    await connectors.save({ value, inbound, basedOn: version, actor: 'test' });
  }

  async function greeted(one?: TestCertificate): Promise<SmtpPeer> {
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    await peer.reply();
    await peer.command('EHLO gateway.example');
    await peer.command('STARTTLS');
    const shown = one === undefined ? {} : { cert: one.certPem, key: one.keyPem };
    await peer.upgrade({ ca: authority.certPem, servername: 'mail.example.com', ...shown });
    await peer.command('EHLO gateway.example');
    return peer;
  }

  const mailFrom = 'MAIL FROM:<alice@example.com>';

  async function answerTo(one?: TestCertificate): Promise<string> {
    const peer = await greeted(one);
    const answer = await peer.command(mailFrom);
    peer.destroy();
    return answer;
  }

  async function whoLast(): Promise<unknown> {
    const list = await listAudit(running.store.keyring, running.store.db, { event: 'message-accepted' }, { limit: 1 });
    const details = list[0]?.details;
    assert.ok(typeof details === 'object' && details !== null && 'actor' in details);
    return details.actor;
  }

  it('may hand in mail when its key, or exactly it, is named', async () => {
    assert.match(await answerTo(gateway), /^250/);
    assert.match(await answerTo(renewed), /^250/);
  });

  it('is as one without when it shows none, another, or one that ran out', async () => {
    for (const one of [undefined, other, expired])
      assert.equal(await answerTo(one), '530 5.7.0 Authentication required');
    const logged = running.logged();
    assert.match(logged, /"reason":"unknown","event":"smtp\.certificate-refused"/);
    assert.match(logged, /"reason":"run-out","event":"smtp\.certificate-refused"/);
    assert.doesNotMatch(logged, /partner\.example/);
  });

  it('is nobody before STARTTLS', async () => {
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    await peer.reply();
    await peer.command('EHLO gateway.example');
    assert.equal(await peer.command(mailFrom), '530 5.7.0 Authentication required');
    peer.destroy();
  });

  it('writes in the name of no other domain', async () => {
    const peer = await greeted(gateway);
    await peer.command('MAIL FROM:<mallory@example.net>');
    assert.match(await peer.command('RCPT TO:<bob@recipient.example>'), /^550 5\.7\.1/);
    peer.destroy();
  });

  it('is refused from the next mail on once it is removed, also where it is connected', async () => {
    const peer = await greeted(gateway);
    assert.match(await peer.command(mailFrom), /^250/);
    await save(peers.slice(1));
    // What was begun may end.
    assert.match(await peer.command('RCPT TO:<bob@recipient.example>'), /^250/);
    await peer.command('RSET');
    assert.match(await peer.command(mailFrom), /^530/);
    assert.match(await answerTo(gateway), /^530/);
    await save(peers);
    assert.match(await peer.command(mailFrom), /^250/);
    peer.destroy();
  });

  it('hears to try again while nobody can say whose the certificate is', async () => {
    const { connectors } = running.program.delivery;
    const { newest } = connectors;
    Object.assign(connectors, { newest: () => Promise.reject(new Error('no database')) });
    try {
      assert.match(await answerTo(gateway), /^451 /);
      assert.match(await answerTo(), /^530 /);
    } finally {
      Object.assign(connectors, { newest });
    }
  });

  describe('with OpenSSL', { skip: skipWithout('openssl', 'version') }, () => {
    const shake = (args: readonly string[], say: readonly string[]): Promise<ToolRun> =>
      runTool(
        'openssl',
        ['s_client', '-connect', `127.0.0.1:${running.smtpPort}`, '-starttls', 'smtp', '-crlf', '-ign_eof', ...args],
        [...say, 'QUIT', ''].join('\n'),
      );
    const shown = ['-cert', gateway.certFile, '-key', gateway.keyFile];

    for (const version of ['-tls1_2', '-tls1_3']) {
      it(`is known again in a session that is taken up (${version})`, async () => {
        const dir = await mkdtemp(join(tmpdir(), 'sealpost-session-'));
        try {
          const kept = join(dir, 'session.pem');
          const first = await shake([version, ...shown, '-sess_out', kept], ['EHLO a.example', mailFrom]);
          assert.match(first.output, /^250 2\.1\.0/m, first.output);
          const again = await shake([version, '-sess_in', kept], ['EHLO a.example', mailFrom]);
          assert.match(again.output, /^Reused, TLSv1/m, again.output);
          assert.match(again.output, /^250 2\.1\.0/m, again.output);
          await save(peers.slice(1));
          const ended = await shake([version, '-sess_in', kept], ['EHLO a.example', mailFrom]);
          assert.match(ended.output, /^530 5\.7\.0/m, ended.output);
        } finally {
          await save(peers);
          await rm(dir, { recursive: true, force: true });
        }
      });
    }
  });

  describe('with swaks', { skip: skipWithout('swaks') }, () => {
    const swaks = (args: readonly string[]): Promise<ToolRun> =>
      runTool('swaks', [
        ...['--server', '127.0.0.1', '--port', String(running.smtpPort), '--helo', 'gateway.example'],
        ...['--from', 'alice@example.com', '--to', 'bob@recipient.example', ...args],
      ]);
    const shown = ['--tls-cert', gateway.certFile, '--tls-key', gateway.keyFile];

    it('hands in a mail, and the audit log says who did', async () => {
      const run = await swaks(['--tls', ...shown]);
      assert.equal(run.status, 0, run.output);
      assert.match(run.output, /250 2\.0\.0 [0-9a-z]{26}/);
      assert.equal(await whoLast(), 'certificate:gateway');
    });

    it('does not without TLS, nor with another certificate', async () => {
      assert.match((await swaks(shown)).output, /530 5\.7\.0/);
      const wrong = await swaks(['--tls', '--tls-cert', other.certFile, '--tls-key', other.keyFile]);
      assert.match(wrong.output, /530 5\.7\.0/);
    });
  });

  const missing = postfixMissing();
  if (missing !== undefined) console.warn(missing);

  it('may be a Postfix', { skip: missing !== undefined }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sealpost-postfix-'));
    const postfix = await startPostfix({
      dir,
      outgoing: true,
      more: {
        content_filter: `smtp:[127.0.0.1]:${running.smtpPort}`,
        smtp_tls_security_level: 'encrypt',
        smtp_tls_cert_file: gateway.certFile,
        smtp_tls_key_file: gateway.keyFile,
      },
    });
    try {
      const raw = plainMail({ subject: 'By Postfix', messageId: '<by-postfix@example.com>' });
      assert.match(
        await submit(postfix.port, { from: 'alice@example.com', to: ['eve@recipient.example'], raw }),
        /^250/,
      );
      await eventually(async () => /status=sent \(250 2\.0\.0 [0-9a-z]{26}\)/.test(postfix.log()));
      assert.equal(await whoLast(), 'certificate:gateway');
    } finally {
      await postfix.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe('the list of certificates', () => {
  const shown = shownOf(gateway);
  const list = inboundSchema.parse([byKey('gateway', gateway)]);

  it('counts from the first to the last moment of a certificate', () => {
    const early = { why: 'not-yet-valid' };
    const late = { why: 'run-out' };
    const beside = (iso: string, ms: number): string => new Date(Date.parse(iso) + ms).toISOString();
    assert.deepEqual(identify(list, shown, beside(shown.from, -1)), early);
    assert.deepEqual(identify(list, shown, shown.from), { name: 'gateway' });
    assert.deepEqual(identify(list, shown, shown.until), { name: 'gateway' });
    assert.deepEqual(identify(list, shown, beside(shown.until, 1)), late);
  });

  it('knows nobody whom two names claim, nor anybody while it is empty', () => {
    const both = inboundSchema.parse([byKey('one', gateway), byCertificate('two', gateway)]);
    assert.deepEqual(identify(both, shown, shown.from), { why: 'ambiguous' });
    assert.deepEqual(identify([], shown, shown.from), { why: 'unknown' });
  });

  it('takes digests as OpenSSL writes them', () => {
    const { fingerprint } = shown;
    const colons = (fingerprint.toUpperCase().match(/../g) ?? []).join(':');
    const [read] = inboundSchema.parse([{ name: 'x', certificate: { by: 'certificate', fingerprints: [colons] } }]);
    assert.deepEqual(read?.certificate, { by: 'certificate', fingerprints: [fingerprint] });
  });
});
