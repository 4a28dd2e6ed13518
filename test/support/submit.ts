// Owns handing a mail to a running Sealpost by plain SMTP, line by line, as a small mail server would.

import { connect } from 'node:net';
import { once } from 'node:events';

export interface SubmitOptions {
  readonly from: string;
  readonly to: readonly string[];
  /** The mail with any line ends; dots are stuffed here. */
  readonly raw: string | Buffer;
}

/** The last reply of the dialogue: to the end of DATA, or to the first command that was refused. */
export async function submit(port: number, { from, to, raw }: SubmitOptions): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const replies = readReplies(socket);
  const say = async (line: string): Promise<string> => {
    socket.write(`${line}\r\n`);
    return (await replies.next()).value ?? '';
  };
  try {
    await replies.next();
    for (const line of ['EHLO test.example', `MAIL FROM:<${from}>`, ...to.map((one) => `RCPT TO:<${one}>`), 'DATA']) {
      const reply = await say(line);
      if (!/^[23]/.test(reply)) return reply;
    }
    const lines = raw.toString('latin1').replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..');
    if (!socket.write(Buffer.from(lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'latin1')))
      await once(socket, 'drain');
    return await say('.');
  } finally {
    socket.end('QUIT\r\n');
    socket.destroy();
  }
}

/** A plain mail of the usual shape. */
export function plainMail(fields: {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly messageId?: string;
}): string {
  return [
    `From: ${fields.from ?? 'Alice Example <alice@example.com>'}`,
    `To: ${fields.to ?? 'Bob Recipient <bob@recipient.example>'}`,
    `Subject: ${fields.subject ?? 'A confidential matter'}`,
    `Message-ID: ${fields.messageId ?? `<${Math.random().toString(36).slice(2)}@example.com>`}`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    ...(fields.headers ?? []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    fields.body ?? 'The very secret text.',
    '',
  ].join('\r\n');
}

async function* readReplies(socket: NodeJS.ReadableStream): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    for (let end = lastLine(text); end !== undefined; end = lastLine(text)) {
      yield text.slice(0, end).trimEnd();
      text = text.slice(end);
    }
  }
}

// A reply ends with the first line whose code is followed by a blank (RFC 5321 section 4.2.1).
function lastLine(text: string): number | undefined {
  const match = /^\d{3} .*\r\n/m.exec(text);
  return match === null ? undefined : match.index + match[0].length;
}
