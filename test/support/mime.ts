// Owns the mails that tests send: bodies, pictures, files and headers put together as a mail program would,
// and handed over by SMTP.

import assert from 'node:assert/strict';
import type { Running } from './program.ts';
import { submit } from './submit.ts';

export interface TestPart {
  readonly content: Buffer | string;
  readonly type?: string;
  /** Written as it stands, in quotes. */
  readonly name?: string;
  /** Makes it a picture that the HTML may name by `cid:`. */
  readonly cid?: string;
  /** Instead of the headers made of the fields above; base64 is said already. */
  readonly headers?: readonly string[];
}

export interface TestMail {
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly subject?: string;
  readonly headers?: readonly string[];
  readonly text?: string;
  readonly html?: string;
  readonly parts?: readonly TestPart[];
  /** The envelope's; by default the addresses in `to` and `cc`. */
  readonly recipients?: readonly string[];
}

let made = 0;

/** Hands the mail over and asserts that it is taken. @returns the message's id. */
export async function send(running: Running, mail: TestMail = {}): Promise<string> {
  const from = mail.from ?? 'Alice Example <alice@example.com>';
  const to = mail.to ?? 'Bob Recipient <bob@recipient.example>';
  const reply = await submit(running.smtpPort, {
    from: addresses(from)[0] ?? '',
    to: mail.recipients ?? [...addresses(to), ...addresses(mail.cc ?? '')],
    raw: mimeMail({ ...(isEmpty(mail) ? { text: 'The very secret text.' } : {}), ...mail, from, to }),
  });
  assert.match(reply, /^250 2\.0\.0 [0-9a-z]{26}$/);
  return reply.split(' ')[2] ?? '';
}

function isEmpty({ text, html, parts }: TestMail): boolean {
  return text === undefined && html === undefined && parts === undefined;
}

export function mimeMail(mail: TestMail): string {
  made += 1;
  const boundary = 'between-the-parts';
  const bodies = [
    ...(mail.text === undefined ? [] : [textPart('plain', mail.text)]),
    ...(mail.html === undefined ? [] : [textPart('html', mail.html)]),
  ];
  const related = (mail.parts ?? []).some((part) => part.cid !== undefined) ? 'related' : 'mixed';
  return [
    `From: ${mail.from ?? ''}`,
    `To: ${mail.to ?? ''}`,
    ...(mail.cc === undefined ? [] : [`Cc: ${mail.cc}`]),
    ...(mail.subject === '' ? [] : [`Subject: ${mail.subject ?? 'A confidential matter'}`]),
    `Message-ID: <test-${process.pid}-${made}@example.com>`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    ...(mail.headers ?? []),
    'MIME-Version: 1.0',
    `Content-Type: multipart/${related}; boundary="${boundary}"`,
    '',
    ...(bodies.length === 0
      ? []
      : [
          `--${boundary}`,
          'Content-Type: multipart/alternative; boundary="between-the-bodies"',
          '',
          ...bodies.flatMap((body) => ['--between-the-bodies', body]),
          '--between-the-bodies--',
        ]),
    ...(mail.parts ?? []).flatMap((part) => [`--${boundary}`, ...partLines(part)]),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function textPart(kind: 'plain' | 'html', text: string): string {
  return [`Content-Type: text/${kind}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '', base64(text)].join(
    '\r\n',
  );
}

function partLines(part: TestPart): string[] {
  const type = part.type ?? 'application/octet-stream';
  const named = part.name === undefined ? '' : `; filename="${part.name}"`;
  const headers = part.headers ?? [
    `Content-Type: ${type}`,
    ...(part.cid === undefined
      ? [`Content-Disposition: attachment${named}`]
      : [`Content-Disposition: inline${named}`, `Content-ID: <${part.cid}>`]),
  ];
  return [...headers, 'Content-Transfer-Encoding: base64', '', base64(part.content)];
}

function base64(content: Buffer | string): string {
  return Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');
}

function addresses(list: string): string[] {
  return list.match(/[^\s<>,"]+@[^\s<>,"]+/g) ?? [];
}
