// Owns a Sealpost as it stands behind a proxy that speaks TLS for it: PUBLIC_URL is https, a relay is set, and
// nothing of try-out mode is there. No mail arrives anywhere; what it would have said is read from the store.

import assert from 'node:assert/strict';
import { z } from 'zod';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage, openRecipient } from '../../server/messages/open.ts';
import { claimJobs, openPayload } from '../../server/outbox/outbox.store.ts';
import { Visitor } from './browser.ts';
import { startProgram } from './program.ts';
import type { Running, StartOptions } from './program.ts';
import { plainMail, submit } from './submit.ts';

/** Settings that leave try-out mode. Nobody listens where the relay should be. */
export const productionEnv: Record<string, string> = {
  PUBLIC_URL: 'https://portal.example.org',
  RELAY_URL: 'smtp://127.0.0.1:9',
  RELAY_TLS: 'opportunistic',
  ORG_NAME: 'Example Ltd',
  ORG_DOMAINS: 'example.com',
  MAIL_FROM: 'Example Ltd <secure@example.com>',
  ADMINS: 'admin@example.com',
  SMTP_REQUIRE_TLS: 'false',
  SMTP_CLIENTS: '127.0.0.0/8',
};

export function startProduction(options: StartOptions = {}): Promise<Running> {
  return startProgram({ ...options, env: { ...productionEnv, ...options.env } });
}

/** Where the proxy would speak to it. */
export function behindProxy({ config }: Running): string {
  return `http://127.0.0.1:${config.http.port}`;
}

const codeSchema = z.object({ address: z.string(), code: z.string() });

/** The code that waits to be sent to the address, newest first; it will not be sent any more. */
export async function takeCode({ store, clock }: Running, address: string): Promise<string> {
  const deps = { keyring: store.keyring, clock };
  const jobs = await claimJobs(deps, store.db, ['passcode'], 100, MINUTE_MS);
  const codes = jobs.toReversed().map((job) => codeSchema.parse(openPayload(deps, job)));
  const code = codes.find((one) => one.address === address)?.code;
  assert.ok(code, `no code for ${address}`);
  return code;
}

/** Hands a mail in. @returns the message's id and the path of the first recipient's link, without PUBLIC_URL's. */
export async function submitOne(running: Running, to: string): Promise<{ id: string; link: string }> {
  const reply = await submit(running.smtpPort, { from: 'alice@example.com', to: [to], raw: plainMail({ to }) });
  const id = reply.split(' ')[2] ?? '';
  const { db, vault } = running.store;
  const message = await loadMessage(db, id);
  const recipient = await db.selectFrom('recipients').selectAll().where('message_id', '=', id).executeTakeFirst();
  assert.ok(message !== undefined && recipient !== undefined, reply);
  return { id, link: `/m/${openRecipient(openMessage(vault, message), recipient).token}` };
}

/** Signs in by the form at `base`/sign-in. */
export async function signInAt(running: Running, address: string, base = ''): Promise<Visitor> {
  const visitor = new Visitor(behindProxy(running));
  await visitor.post(`${base}/sign-in/passcode`, { address }, `${base}/sign-in`);
  const code = await takeCode(running, address);
  const answer = await visitor.post(`${base}/sign-in/verify`, { code }, `${base}/sign-in/verify`);
  assert.equal(answer.status, 303, 'the code was refused');
  return visitor;
}
