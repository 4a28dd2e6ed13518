// Owns the proof with a real mail server: what is composed and sent arrives as it was meant.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { composeMail, composeStream } from '../../server/mail/compose.ts';
import type { OutgoingMail } from '../../server/mail/compose.ts';
import { createSmtpCourier } from '../../server/mail/courier.ts';
import type { Courier } from '../../server/mail/courier.ts';
import { verpAddress } from '../../server/mail/verp.ts';
import { makeCertificate } from '../support/certificates.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { address } from './courier-bench.ts';

const missing = postfixMissing();
if (missing !== undefined) console.warn(missing);
const options = { skip: missing ?? false };

const MAIL_FROM = address('sealpost@example.com');
const ID = '01jd7q3xk5v9w2y8z4b6c0n1mh';
const mail: OutgoingMail = {
  from: { address: MAIL_FROM, name: 'Zoë Müller via Example Ltd' },
  to: { address: address('bob@example.net'), name: 'Bob, the "Builder"' },
  subject: 'Grüße\u00a0– a message for you',
  text: 'Hello Bob\n.\nand a dot\n',
  html: '<p>Hello Bob</p>',
  mailId: '<1@example.com>',
  date: new Date('2026-11-24T10:00:00Z'),
  loopMark: 'example.com',
};

// Set before any test runs; an empty courier would fail each of them loudly.
const running: { postfix?: Postfix; courier?: Courier; dir?: string } = {};

before(async () => {
  if (missing !== undefined) return;
  const tls = makeCertificate({ names: ['localhost'] });
  running.dir = mkdtempSync(join(tmpdir(), 'sealpost-postfix-'));
  running.postfix = await startPostfix({
    dir: running.dir,
    tls,
    requireTls: true,
    refuse: ['nobody@example.net'],
    messageBytesMax: 40_000_000,
  });
  const url = `smtp://localhost:${running.postfix.port}`;
  running.courier = createSmtpCourier({ url, tls: 'verified', name: 'portal.example.com', caPem: tls.caPem });
});

after(async () => {
  await running.courier?.close();
  await running.postfix?.stop();
  if (running.dir !== undefined) rmSync(running.dir, { recursive: true, force: true });
});

function bench(): { postfix: Postfix; courier: Courier } {
  const { postfix, courier } = running;
  if (postfix === undefined || courier === undefined) throw new Error('Postfix did not start');
  return { postfix, courier };
}

test('a notice arrives through Postfix over verified TLS, from its VERP sender', options, async () => {
  const { postfix, courier } = bench();
  const to = address('bob@example.net');
  const raw = await composeMail(mail);
  const outcome = await courier.send({ from: verpAddress(MAIL_FROM, ID), to, raw, requireVerifiedTls: true });
  assert.deepEqual(outcome, { kind: 'sent', response: '250 2.0.0', tls: 'verified' });
  const [arrived = ''] = await postfix.arrived(to);
  assert.match(arrived, new RegExp(`^Return-Path: <sealpost\\+b-${ID}@example.com>`, 'm'));
  const parsed = await simpleParser(arrived);
  assert.equal(parsed.subject, mail.subject);
  assert.equal(parsed.from?.value[0]?.name, mail.from.name);
  assert.equal(parsed.text?.trimEnd(), 'Hello Bob\n.\nand a dot');
  assert.ok(arrived.endsWith(raw.toString().replaceAll('\r\n', '\n')), 'not a byte was changed on the way');
});

test('an address that Postfix refuses is told as RCPT for good', options, async () => {
  const { courier } = bench();
  const outcome = await courier.send({
    from: MAIL_FROM,
    to: address('nobody@example.net'),
    raw: await composeMail(mail),
  });
  assert.deepEqual(outcome, { kind: 'failed', permanent: true, stage: 'RCPT', code: 550, enhanced: '5.1.1' });
});

test('many mails at once arrive once each', options, async () => {
  const { postfix, courier } = bench();
  const to = address('many@example.net');
  const send = async (n: number): Promise<string> => {
    const raw = await composeMail({ ...mail, subject: `number ${n}` });
    return (await courier.send({ from: MAIL_FROM, to, raw })).kind;
  };
  const kinds = await Promise.all(Array.from({ length: 30 }, (_, n) => send(n)));
  assert.ok(kinds.every((kind) => kind === 'sent'));
  const arrived = await postfix.arrived(to, 30);
  assert.equal(new Set(arrived.map((one) => /^Subject: (.*)$/m.exec(one)?.[1])).size, 30);
  assert.equal(arrived.length, 30);
});

test('a mail with a 25 MB attachment is streamed through and arrives whole', options, async () => {
  const { postfix, courier } = bench();
  const to = address('big@example.net');
  const piece = Buffer.alloc(64 * 1024, 'abcdefghij');
  async function* content(): AsyncGenerator<Buffer> {
    for (let n = 0; n < 400; n += 1) yield piece;
  }
  const before = process.memoryUsage().rss;
  const raw = composeStream({
    ...mail,
    attachments: [{ filename: 'big.zip', contentType: 'application/zip', content: content() }],
  });
  const outcome = await courier.send({ from: MAIL_FROM, to, raw });
  const grown = process.memoryUsage().rss - before;
  assert.equal(outcome.kind, 'sent');
  assert.ok(grown < 100 * 1024 * 1024, `grown by ${grown} bytes`);
  const [arrived = ''] = await postfix.arrived(to);
  const { attachments } = await simpleParser(arrived);
  assert.deepEqual(attachments[0]?.content, Buffer.concat(Array.from({ length: 400 }, () => piece)));
});

test('a mail over the size that Postfix takes is refused for good', options, async () => {
  const { courier } = bench();
  const raw = Buffer.alloc(41_000_000, 'abcdefg\r\n');
  const outcome = await courier.send({ from: MAIL_FROM, to: address('bob@example.net'), raw });
  assert.deepEqual(outcome, { kind: 'failed', permanent: true, stage: 'MAIL', code: 552, enhanced: '5.3.4' });
});

test('with an authority that is not trusted nothing is handed to Postfix', options, async () => {
  const { postfix } = bench();
  const to = address('stranger@example.net');
  const other = createSmtpCourier({ url: `smtp://localhost:${postfix.port}`, tls: 'verified', name: 'localhost' });
  const outcome = await other.send({ from: MAIL_FROM, to, raw: await composeMail(mail) });
  await other.close();
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'TLS' });
  assert.deepEqual(await postfix.mailbox(to), []);
});
