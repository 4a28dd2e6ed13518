// Owns what the tests of the courier share: a server and a courier that end with the test, and a mail.

import type { TestContext } from 'node:test';
import { parseAddress } from '../../server/core/address.ts';
import type { Address } from '../../server/core/address.ts';
import { createSmtpCourier } from '../../server/mail/courier.ts';
import type { Courier, SmtpCourierOptions } from '../../server/mail/courier.ts';
import { startScriptedServer } from './scripted-server.ts';
import type { Script, ScriptedServer } from './scripted-server.ts';

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

export const SENDER = address('sealpost@example.com');
export const BOB = address('bob@example.net');
export const CAROL = address('carol@example.net');
export const RAW = Buffer.from('Subject: hello\r\n\r\nThe quick brown fox\r\n');

/** Long enough for a busy machine, short enough for a test. */
export const SHORT = { connectMs: 4_000, greetingMs: 400, socketMs: 400, endMs: 400, totalMs: 8_000 };

export function courierTo(
  t: TestContext,
  port: number,
  options: Partial<SmtpCourierOptions> & { scheme?: string; host?: string; login?: string } = {},
): Courier {
  const { scheme = 'smtp', host = 'localhost', login = '', ...rest } = options;
  const courier = createSmtpCourier({
    url: `${scheme}://${login}${host}:${port}`,
    tls: 'opportunistic',
    name: 'portal.example.com',
    ...rest,
  });
  t.after(() => courier.close());
  return courier;
}

export async function serverWith(t: TestContext, script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  t.after(() => server.close());
  return server;
}
