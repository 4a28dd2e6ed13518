// Owns becoming a reader: a message handed in, and the recipient signed in by the portal's own forms. The code is
// taken from the queue, where it waits for a worker at rest.

import { z } from 'zod';
import { MINUTE_MS, systemClock } from '../server/core/clock.ts';
import { claimJobs, openPayload } from '../server/outbox/outbox.store.ts';
import type { Store } from '../server/store.ts';
import { Visitor } from '../test/support/browser.ts';
import { plainMail, submit } from '../test/support/submit.ts';
import type { Sealpost } from './sealpost.ts';

export interface OpenedPage {
  readonly url: string;
  /** What the browser sends. */
  readonly cookie: string;
  /** The page as it came. */
  readonly bytes: Buffer;
  readonly contentType: string;
}

const codeSchema = z.object({ address: z.string(), code: z.string() });

/** A message of plain text, `textBytes` long, opened once by its recipient. */
export async function openNewMessage(sealpost: Sealpost, textBytes = 10_240): Promise<OpenedPage> {
  const to = 'bob@recipient.example';
  const body = text(textBytes);
  const answer = await submit(sealpost.smtpPort, {
    from: 'alice@example.com',
    to: [to],
    raw: plainMail({ to, body }),
  });
  const id = /^250 2\.0\.0 (\S+)/.exec(answer)?.[1];
  if (id === undefined) throw new Error(`the mail was refused: ${answer}`);
  const visitor = await signIn(sealpost, to);
  const cookie = ['__Host-sealpost', '__Host-sealpost-browser']
    .map((name) => `${name}=${visitor.cookie(name) ?? ''}`)
    .join('; ');
  const url = `${sealpost.url}/messages/${id}`;
  const response = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200 || !bytes.includes(body.slice(0, 60))) throw new Error(`no page: ${response.status}`);
  return { url, cookie, bytes, contentType: response.headers.get('content-type') ?? '' };
}

async function signIn(sealpost: Sealpost, address: string): Promise<Visitor> {
  const visitor = new Visitor(sealpost.url);
  await visitor.post('/sign-in/passcode', { address }, '/sign-in');
  const [code] = await sealpost.withStore((store) => takeCodes(store, address));
  const answer = await visitor.post('/sign-in/verify', { code: code ?? '' }, '/sign-in/verify');
  if (answer.status !== 303) throw new Error(`the code was refused: ${answer.status}`);
  return visitor;
}

/** The codes that wait to be sent to this address. They will not be sent any more. */
export async function takeCodes(store: Store, address: string): Promise<string[]> {
  const deps = { keyring: store.keyring, clock: systemClock };
  const jobs = await claimJobs(deps, store.db, ['passcode'], 1_000, MINUTE_MS);
  return jobs
    .map((job) => codeSchema.parse(openPayload(deps, job)))
    .filter((one) => one.address === address)
    .map((one) => one.code);
}

/** Lines as people write them, with nothing that would be escaped. */
function text(bytes: number): string {
  const line = 'The quick brown fox jumps over the lazy dog, as the letter of today says once more.\r\n';
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}
