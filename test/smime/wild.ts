// Owns S/MIME mails in the shapes that are met in the wild, made by OpenSSL: what signs, encrypts and wraps here is none of our code.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailFolder, openssl } from '../support/mail-certificates.ts';
import type { MailCertificate } from '../support/mail-certificates.ts';

export const SECRET = 'The very secret text, wrapped.';

/** What is signed or encrypted: a text and a file. */
export const ENTITY = [
  'Content-Type: multipart/mixed; boundary="=_inner"',
  '',
  '--=_inner',
  'Content-Type: text/plain; charset=utf-8',
  '',
  SECRET,
  '--=_inner',
  'Content-Type: application/pdf; name="plan.pdf"',
  'Content-Transfer-Encoding: base64',
  'Content-Disposition: attachment; filename="plan.pdf"',
  '',
  Buffer.from('%PDF-1.4 a plan').toString('base64'),
  '--=_inner--',
  '',
].join('\r\n');

/** `entity` signed: two parts that any program can read, or one that holds both. */
export function signed(
  entity: string,
  by: MailCertificate,
  kind: 'clear' | 'opaque' = 'clear',
  ...more: readonly string[]
): string {
  const file = written(entity);
  const args = ['-sign', '-in', file, '-signer', by.certFile, '-inkey', by.keyFile, '-crlfeol', '-binary', ...more];
  return openssl('cms', ...args, ...(kind === 'opaque' ? ['-nodetach'] : [])).toString('latin1');
}

export function encrypted(entity: string, to: MailCertificate, ...more: readonly string[]): string {
  const cipher = more.length > 0 ? more : ['-aes-256-cbc'];
  return openssl('cms', '-encrypt', '-binary', '-crlfeol', '-in', written(entity), ...cipher, to.certFile).toString(
    'latin1',
  );
}

/** As a mail from Alice to Bob. */
export function mailOf(entity: string, subject = 'Wrapped', from = 'Alice Example <alice@example.com>'): string {
  const head = [
    `From: ${from}`,
    'To: Bob Recipient <bob@recipient.example>',
    `Subject: ${subject}`,
    `Message-ID: <${Math.random().toString(36).slice(2)}@example.com>`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
  ];
  return `${head.join('\r\n')}\r\n${entity.replace(/\r?\n/g, '\r\n')}`;
}

function written(entity: string): string {
  const file = join(mailFolder(), 'entity');
  // RFC 8551 section 3.1.1: signed in its canonical form.
  writeFileSync(file, entity.replace(/\r?\n/g, '\r\n'), 'latin1');
  return file;
}
