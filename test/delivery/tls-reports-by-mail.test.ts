// Reports about TLS that come by mail (RFC 8460 section 5.3): taken where their author's domain signed them, dropped with a line in the
// audit where it did not, and never answered.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseAddress } from '../../server/core/address.ts';
import { HOUR_MS, isoNow } from '../../server/core/clock.ts';
import { composeTlsReport } from '../../server/mail/compose-tls-report.ts';
import { dkimSigned } from '../support/dkim.ts';
import type { DkimSigning } from '../support/dkim.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = `p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
const [FROM, TO] = ['tls@bigmail.example', 'secure+tls-reports@example.com'];
const signing = { domain: 'bigmail.example', selector: 's1', privateKey };

describeEngines('a report about TLS that comes by mail', (engine) => {
  let admin: Awaited<ReturnType<typeof signInByAddress>>;
  let dns: TestDns;
  let running: Running;

  before(async () => {
    dns = await startDns({
      's1._domainkey.bigmail.example': { txt: [`v=DKIM1; k=rsa; s=tlsrpt; ${KEY}`] },
      'all._domainkey.bigmail.example': { txt: [`v=DKIM1; ${KEY}`] },
      'chat._domainkey.bigmail.example': { txt: [`v=DKIM1; s=chat; ${KEY}`] },
      'trial._domainkey.bigmail.example': { txt: [`v=DKIM1; t=y; ${KEY}`] },
      'away._domainkey.bigmail.example': { fails: 'broken' },
      's1._domainkey.mallory.example': { txt: [`v=DKIM1; ${KEY}`] },
      's1._domainkey.example': { txt: [`v=DKIM1; ${KEY}`] },
    });
    running = await startProgram({
      env: {
        ...(await engine.newDatabase()),
        MAIL_FROM: 'Sealpost <secure@example.com>',
        DNS_RESOLVER: `127.0.0.1:${dns.port}`,
      },
    });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(async () => {
    await running.stop();
    await dns.close();
  });

  const json = (id: string): string =>
    JSON.stringify({
      'organization-name': 'Big Mail',
      'date-range': {
        'start-datetime': '2026-01-01T00:00:00Z',
        'end-datetime': `${isoNow(running.clock).slice(0, 19)}Z`,
      },
      'report-id': id,
      policies: [
        {
          policy: { 'policy-type': 'sts', 'policy-domain': 'example.com' },
          summary: { 'total-successful-session-count': 41, 'total-failure-session-count': 1 },
          'failure-details': [
            {
              'result-type': 'sts-webpki-invalid',
              'receiving-mx-hostname': 'mx.example.com',
              'failed-session-count': 1,
            },
          ],
        },
      ],
    });

  async function mailWith(gzip: Buffer): Promise<string> {
    const [from, to] = [parseAddress(FROM), parseAddress(TO)];
    assert.ok(from !== undefined && to !== undefined);
    const raw = await composeTlsReport({
      from: { address: from, name: 'Big Mail' },
      to,
      mailId: `<${Math.random()}@bigmail.example>`,
      date: new Date(running.clock.nowMs()),
      loopMark: 'bigmail.example',
      domain: 'example.com',
      submitter: 'bigmail.example',
      reportId: 'r',
      filename: 'bigmail.example!example.com!1!2.json.gz',
      gzip,
    });
    return raw.toString('latin1').replace(/\r?\n/g, '\r\n');
  }
  /** Not packed, and as long as that by what stands behind it and means nothing. */
  const plain = (id: string, blankLines: number): string =>
    dkimSigned(
      `From: ${FROM}\r\nSubject: x\r\nContent-Type: application/tlsrpt+json\r\n\r\n${json(id)}\r\n${`${' '.repeat(898)}\r\n`.repeat(blankLines)}`,
      signing,
    );
  const signed = async (id: string, with_: Partial<DkimSigning> = {}): Promise<string> =>
    dkimSigned(await mailWith(gzipSync(json(id))), { ...signing, ...with_ });
  const hand = (raw: string, to = TO, from = FROM): Promise<string> =>
    submit(running.smtpPort, { from, to: [to], raw: Buffer.from(raw, 'latin1') });
  const rows = async (): Promise<number> =>
    (await running.store.db.selectFrom('tls_reports').select('id').execute()).length;
  const refusals = async (): Promise<string> => (await admin.get('/admin/audit?event=tls-report-refused')).text;
  const countOf = (text: string, part: RegExp): number => text.match(new RegExp(part, 'g'))?.length ?? 0;

  test('is taken where its author’s domain signed it, once, and charted beside what came over https', async () => {
    const report = await signed('a');
    assert.match(await hand(report), /^250 2\.0\.0 /);
    assert.match(await hand(report), /^250 2\.0\.0 /);
    assert.match(await hand(await signed('a', { selector: 'all' }), 'secure@example.com', ''), /^250 /);
    assert.equal(await rows(), 1);
    const { text } = await admin.get('/admin/tls-reports');
    assert.match(text, /41 connections with TLS and 1 without/);
    assert.match(text, /The certificate of the MTA-STS host does not hold/);
    assert.match(text, /\/tls-reports,mailto:secure\+tls-reports@example\.com</);
    assert.match((await admin.get('/admin/audit?event=tls-report-taken')).text, /bigmail\.example/);
  });

  test('is taken as it is, not packed, as large as over https', async () => {
    const kept = await rows();
    assert.match(await hand(plain('plain', 570)), /^250 /);
    assert.equal(await rows(), kept + 1);
  });

  describe('is dropped, with its reason in the audit, where it is', () => {
    const cases: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
      ['not signed', async () => mailWith(gzipSync(json('b'))), /no DKIM signature/],
      ['signed with another key', () => signed('b', { privateKey: other }), /signature does not hold/],
      ['changed', async () => (await signed('b')).replace('This is a', 'This was a'), /signature does not hold/],
      ['signed in part', () => signed('b', { tags: 'l=10; ' }), /signature does not hold/],
      ['signed by somebody else', () => signed('b', { domain: 'mallory.example' }), /signed by another domain/],
      [
        'signed by a domain above all others',
        () => signed('b', { domain: 'example' }),
        /signed by another domain|does not hold/,
      ],
      ['signed for something else', () => signed('b', { selector: 'chat' }), /signature does not hold/],
      ['signed on trial', () => signed('b', { selector: 'trial' }), /signature does not hold/],
      ['signed without its author', () => signed('b', { fields: ['subject'] }), /signature does not hold/],
      ['signed, and nobody knows the key', () => signed('b', { selector: 'away' }), /key .* could not be asked for/],
      ['signed with a signature over its time', () => signed('b', { tags: 't=1; x=2; ' }), /signature does not hold/],
      [
        'signed seven times',
        async () => {
          let mail = await signed('b');
          for (let n = 0; n < 6; n += 1) mail = dkimSigned(mail, signing);
          return mail;
        },
        /signature does not hold/,
      ],
      [
        'a bomb',
        async () => dkimSigned(await mailWith(gzipSync(Buffer.alloc(40 * 1024 * 1024, ' '), { level: 9 })), signing),
        /not a report/,
      ],
      ['too large', async () => dkimSigned(await mailWith(Buffer.alloc(1024 * 1024, 'x')), signing), /too large/],
      ['too large, and not packed', () => Promise.resolve(plain('b', 600)), /too large/],
      ['no report', async () => dkimSigned(await mailWith(gzipSync('{}')), signing), /not a report/],
      [
        'two reports',
        async () => {
          const mail = await mailWith(gzipSync(json('b')));
          const boundary = /boundary="([^"]+)"/.exec(mail)?.[1] ?? '';
          const last = mail.lastIndexOf(`--${boundary}--`);
          const more = `--${boundary}\r\nContent-Type: application/tlsrpt+json\r\n\r\n${json('c')}\r\n`;
          return dkimSigned(`${mail.slice(0, last)}${more}${mail.slice(last)}`, signing);
        },
        /does not hold one report/,
      ],
      [
        'without one',
        () =>
          Promise.resolve(
            dkimSigned(`From: ${FROM}\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nHello\r\n`, signing),
          ),
        /does not hold one report/,
      ],
      ['of nobody', () => Promise.resolve('Subject: x\r\n\r\nHello\r\n'), /not a mail that can be read/],
    ];
    for (const [name, make, reason] of cases) {
      test(name, async () => {
        const [before, said] = [await rows(), await refusals()];
        assert.match(await hand(await make()), /^250 2\.0\.0 /);
        await running.drain();
        assert.equal(await rows(), before);
        assert.equal(countOf(await refusals(), reason), countOf(said, reason) + 1);
        assert.doesNotMatch(await (await fetch(`${running.url}/try/mailbox`)).text(), /bigmail/);
      });
    }
  });

  test('from anybody to our addresses is all that the null sender and strangers get in', async () => {
    assert.match(await hand(await signed('d'), 'alice@example.com'), /^550 5\.7\.1 /);
    assert.match(await hand(await signed('d'), 'secure+tls-reports@other.example'), /^550 5\.7\.1 /);
  });

  test('is taken however many strangers send what is not signed, of which a few are in the audit and none is answered', async () => {
    await running.store.db.deleteFrom('counters').execute();
    const audited = async (): Promise<number> =>
      (await running.store.db.selectFrom('audit').select('seq').where('event', '=', 'tls-report-refused').execute())
        .length;
    const [before, kept] = [await audited(), await rows()];
    // A stranger may use any name, the reporter's as well.
    const authors = Array.from({ length: 125 }, (_, n) => (n < 25 ? FROM : `tls@m${n % 50}.example`));
    const many = await Promise.all(authors.map((author) => hand(`From: ${author}\r\nSubject: x\r\n\r\nHello\r\n`)));
    assert.ok(many.every((answer) => answer.startsWith('250 ')));
    assert.equal((await audited()) - before, 60);
    assert.match(await hand(await signed('genuine')), /^250 /);
    assert.equal(await rows(), kept + 1);
    running.clock.forward(HOUR_MS + 1);
    await Promise.all(authors.slice(0, 25).map((author) => hand(`From: ${author}\r\n\r\nHello\r\n`)));
    assert.equal((await audited()) - before, 80);
  });

  test('is dropped without a word once its author has sent too many, and another’s is taken', async () => {
    running.clock.forward(HOUR_MS + 1);
    const kept = await rows();
    for (let n = 0; n < 62; n += 1) assert.match(await hand(await signed(`many-${n}`)), /^250 /);
    assert.equal(await rows(), kept + 60);
    const others = (await mailWith(gzipSync(json('other')))).replaceAll('bigmail.example', 'mallory.example');
    assert.match(await hand(dkimSigned(others, { ...signing, domain: 'mallory.example' })), /^250 /);
    assert.equal(await rows(), kept + 61);
  });
});
