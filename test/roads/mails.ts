// Owns mails with attachments of any size, as the roads in get them.

export const ALICE = 'alice@example.com';
export const BOB = 'bob@recipient.example';

export interface TestAttachment {
  readonly filename: string;
  readonly content: Buffer;
  readonly type?: string;
}

export interface AttachedMail {
  readonly subject?: string;
  readonly messageId?: string;
  readonly headers?: readonly string[];
  readonly text?: string;
  readonly attachments: readonly TestAttachment[];
}

/** A mail from Alice to Bob with files, as bytes: a large one is not joined from millions of lines. */
export function mailWith(mail: AttachedMail): Buffer {
  const pieces: Buffer[] = [];
  const add = (...lines: string[]): number => pieces.push(Buffer.from(lines.map((line) => `${line}\r\n`).join('')));
  add(
    `From: Alice Example <${ALICE}>`,
    `To: Bob Recipient <${BOB}>`,
    `Subject: ${mail.subject ?? 'With files'}`,
    `Message-ID: ${mail.messageId ?? `<${Math.random().toString(36).slice(2)}@example.com>`}`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    ...(mail.headers ?? []),
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="=_edge"',
    '',
    '--=_edge',
    'Content-Type: text/plain; charset=utf-8',
    '',
    mail.text ?? 'The very secret text.',
  );
  for (const { filename, content, type = 'application/octet-stream' } of mail.attachments) {
    add(
      '--=_edge',
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${filename}"`,
      '',
    );
    pieces.push(base64Lines(content));
  }
  add('--=_edge--');
  return Buffer.concat(pieces);
}

const LINE_BYTES = 57; // 76 characters of base64: RFC 2045 section 6.8

function base64Lines(content: Buffer): Buffer {
  const lines = Math.ceil(content.length / LINE_BYTES);
  const out = Buffer.alloc(lines * 78);
  let end = 0;
  for (let at = 0; at < content.length; at += LINE_BYTES) {
    end += out.write(`${content.subarray(at, at + LINE_BYTES).toString('base64')}\r\n`, end, 'latin1');
  }
  return out.subarray(0, end);
}
