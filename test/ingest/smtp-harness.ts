// Owns a listener for tests with a tiny `onMail` that keeps whole mails in memory.

import { createSmtpListener } from '../../server/ingest/smtp-listener.ts';
import type { SmtpListenerOptions } from '../../server/ingest/smtp-options.ts';
import type { SubmittedMail } from '../../server/ingest/smtp-intake.ts';
import { domainOf } from '../../server/core/address.ts';
import { connectSmtp, type SmtpPeer } from '../support/smtp-dialog-peer.ts';

/** A second loopback address, for peers outside the listed networks. */
export const STRANGER = '127.0.0.2';
export const USER = 'mailer';
export const PASSWORD = 'correct horse';
export const ID = /^250 2\.0\.0 [0-9a-z]{26}$/;

export interface TestListener {
  readonly host: string;
  readonly port: number;
  readonly mails: { readonly about: SubmittedMail; readonly raw: Buffer }[];
  readonly logged: { readonly level: 'info' | 'error'; readonly event: string; readonly err: unknown }[];
  connect(from?: string): Promise<SmtpPeer>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startListener(options: Partial<SmtpListenerOptions> = {}): Promise<TestListener> {
  const mails: TestListener['mails'] = [];
  const logged: TestListener['logged'] = [];
  const listener = createSmtpListener({
    host: '127.0.0.1',
    port: 0,
    name: 'mail.example.com',
    requireTls: false,
    clients: (ip) => ip !== STRANGER,
    messageBytesMax: 1024 * 1024,
    allowAuthor: (author) => domainOf(author) === 'example.com',
    log: {
      info: (event, fields) => logged.push({ level: 'info', event, err: fields?.err }),
      error: (event, fields) => logged.push({ level: 'error', event, err: fields?.err }),
    },
    onMail: async (about) => {
      const raw = await readAll(about.content);
      mails.push({ about, raw });
      return { id: `01jd${String(mails.length).padStart(22, '0')}` };
    },
    ...options,
  });
  const { host, port } = await listener.listen();
  const close = (): Promise<void> => listener.close();
  return {
    host,
    port,
    mails,
    logged,
    connect: (from) => connectSmtp({ host, port, ...(from !== undefined && { from }) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

export async function readAll(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A promise together with what settles it. */
export function makeGate<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let open: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => (open = resolve));
  return { promise, resolve: (value) => open(value) };
}

/** The envelope of a mail, up to the 354. */
export async function beginMail(peer: SmtpPeer, to: readonly string[] = ['bob@example.net']): Promise<void> {
  for (const command of ['MAIL FROM:<anna@example.com>', ...to.map((address) => `RCPT TO:<${address}>`), 'DATA']) {
    const reply = await peer.command(command);
    if (!/^(250|354) /.test(reply)) throw new Error(`${command}: ${reply}`);
  }
}

export async function greet(peer: SmtpPeer): Promise<void> {
  await peer.reply();
  await peer.command('EHLO client.example.com');
}

export const MAIL_LINES = [
  'From: Anna <anna@example.com>',
  'To: bob@example.net',
  'Subject: Hello',
  '',
  'Good morning.',
];
export const MAIL = `${MAIL_LINES.join('\r\n')}\r\n`;
