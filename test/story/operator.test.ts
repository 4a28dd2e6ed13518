// Sealpost as an operator runs it: the command in a process of its own, settings from the environment, a real Postfix
// as relay whose certificate only NODE_EXTRA_CA_CERTS vouches for, and a DKIM key in a file.

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { Visitor } from '../support/browser.ts';
import { makeCertificate } from '../support/certificates.ts';
import { startChild } from '../support/child-program.ts';
import type { ChildProgram } from '../support/child-program.ts';
import { dkimHolds } from '../support/dkim.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { readable } from '../support/relay.ts';
import { plainMail, submit } from '../support/submit.ts';

const missing = postfixMissing();
if (missing !== undefined) console.error(missing);

const FILE = randomBytes(90_000);
const LINK = /\/m\/[A-Za-z0-9_-]{22}/;
const CODE = /^(\d{8})$/m;

describe('the command as an operator starts it', { skip: missing ?? false }, () => {
  const MAIL_ID = '<lease.1@example.com>';
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = { domain: 'example.com', selector: 'mail2026', publicKey };
  let dir = '';
  let dataDir = '';
  let postfix: Postfix | undefined;
  let child: ChildProgram | undefined;
  let id = '';

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-postfix-'));
    dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
    const certificate = makeCertificate({ names: ['localhost'] });
    postfix = await startPostfix({ dir, tls: certificate, requireTls: true });
    const keyFile = join(dataDir, 'dkim.pem');
    await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    child = await startChild(dataDir, {
      NODE_EXTRA_CA_CERTS: certificate.caFile,
      RELAY_URL: `smtp://localhost:${postfix.port}`,
      RELAY_TLS: 'verified',
      SMTP_REQUIRE_TLS: 'false',
      SMTP_CLIENTS: '127.0.0.0/8',
      ORG_NAME: 'Example Ltd',
      ORG_DOMAINS: 'example.com',
      MAIL_FROM: 'Example Ltd <secure@example.com>',
      ADMINS: 'admin@example.com',
      DKIM_DOMAIN: signer.domain,
      DKIM_SELECTOR: signer.selector,
      DKIM_KEY_FILE: keyFile,
      LOG_LEVEL: 'info', // says where SMTP listens
    });
  });
  after(async () => {
    await child?.stop('SIGTERM');
    await postfix?.stop();
    for (const folder of [dir, dataDir]) await rm(folder, { recursive: true, force: true });
  });

  test('what it sends carries a signature that holds after a mail server had it in hands', async () => {
    assert.ok(postfix && child);
    const raw = plainMail({ messageId: MAIL_ID, subject: 'The lease', headers: ['References: <first@example.com>'] });
    const reply = await submit(child.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw });
    id = reply.split(' ')[2] ?? '';
    const [notice = ''] = await postfix.arrived('bob@recipient.example');
    const sent = withoutTrace(notice);
    assert.ok(dkimHolds(sent, signer));
    assert.ok(!dkimHolds(sent.replace('Alice', 'Mallory'), signer), 'another name must show');
    assert.match(notice, /using TLS/);
  });

  test('an answer lies in the sender’s mailbox as an ordinary mail of their own thread', async () => {
    assert.ok(postfix && child);
    const bob = new Visitor(child.url);
    const [notice = ''] = await postfix.arrived('bob@recipient.example');
    const link = LINK.exec(readable(notice))?.[0] ?? '';
    await bob.post(`${link}/passcode`, {}, link);
    const mails = await postfix.arrived('bob@recipient.example', 2);
    const code = mails.map((mail) => CODE.exec(readable(mail))?.[1]).find((found) => found !== undefined) ?? '';
    await bob.post(`${link}/verify`, { code }, `${link}/verify`);
    const sent = await bob.postMultipart(
      `/messages/${id}/reply`,
      { text: 'Yes, with one change.\n\nSee the file.' },
      [{ name: 'Änderung.bin', content: FILE }],
      `/messages/${id}`,
    );
    assert.equal(sent.status, 303, sent.text);
    const [answer = ''] = await postfix.arrived('alice@example.com');
    assert.ok(dkimHolds(withoutTrace(answer), signer));
    const mail = await simpleParser(Buffer.from(answer, 'latin1'));
    assert.match(mail.text ?? '', /Yes, with one change\.\s+See the file\./);
    assert.equal(mail.subject, 'Re: The lease');
    assert.equal(mail.inReplyTo, MAIL_ID);
    assert.deepEqual(mail.references, ['<first@example.com>', MAIL_ID]);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    const [file] = mail.attachments.filter((one) => !one.related);
    assert.equal(file?.filename, 'Änderung.bin');
    assert.ok(file?.content.equals(FILE));
  });
});

/** The mail as it was sent: without what servers put before it, and with the line ends it travelled with. */
function withoutTrace(mail: string): string {
  return mail.slice(mail.search(/^DKIM-Signature:/im)).replace(/\r?\n/g, '\r\n');
}
