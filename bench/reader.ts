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
  /** What the reader's browser sends. */
  readonly cookie: string;
  /** The page as it came. */
  readonly bytes: Buffer;
  readonly contentType: string;
}

export interface MessageShape {
  /** Show the message's HTML, which is a document of its own, instead of the page with its text. */
  readonly html?: boolean;
  readonly bodyBytes?: number;
}

const codeSchema = z.object({ address: z.string(), code: z.string() });

/** A new message, opened once by its recipient. */
export async function openNewMessage(
  sealpost: Sealpost,
  { html = false, bodyBytes = 10_240 }: MessageShape = {},
): Promise<OpenedPage> {
  const to = 'bob@recipient.example';
  const text = linesOf(bodyBytes);
  const raw = html
    ? plainMail({ to, body: paragraphsOf(text) }).replace('text/plain', 'text/html')
    : plainMail({ to, body: text });
  const answer = await submit(sealpost.smtpPort, { from: 'alice@example.com', to: [to], raw });
  const id = /^250 2\.0\.0 (\S+)/.exec(answer)?.[1];
  if (id === undefined) throw new Error(`the mail was refused: ${answer}`);
  const cookie = await signIn(sealpost, to);
  const page = await open(`${sealpost.url}/messages/${id}${html ? '/body' : ''}`, cookie);
  if (!page.bytes.includes(text.slice(0, 60))) throw new Error('the page does not show the message');
  return page;
}

/** After a load: wrk takes a way to the sign-in page for an answer. @throws Error when the page does not open any more. */
export async function checkStillOpens({ url, cookie }: OpenedPage): Promise<void> {
  await open(url, cookie);
}

async function open(url: string, cookie: string): Promise<OpenedPage> {
  const response = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  if (response.status !== 200) throw new Error(`the page was answered ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { url, cookie, bytes, contentType: response.headers.get('content-type') ?? '' };
}

/** Signs in by the forms. @returns the cookies. */
async function signIn(sealpost: Sealpost, address: string): Promise<string> {
  const visitor = new Visitor(sealpost.url);
  await visitor.post('/sign-in/passcode', { address }, '/sign-in');
  const code = (await sealpost.withStore(takeCodes)).get(address) ?? '';
  const answer = await visitor.post('/sign-in/verify', { code }, '/sign-in/verify');
  if (answer.status !== 303) throw new Error(`the code was refused: ${answer.status}`);
  return ['__Host-sealpost', '__Host-sealpost-browser']
    .map((name) => `${name}=${visitor.cookie(name) ?? ''}`)
    .join('; ');
}

/** The codes that wait to be sent, by address. They will not be sent any more. */
export async function takeCodes(store: Store): Promise<ReadonlyMap<string, string>> {
  const deps = { keyring: store.keyring, clock: systemClock };
  const jobs = await claimJobs(deps, store.db, ['passcode'], 1_000, MINUTE_MS);
  const codes = jobs.map((job) => codeSchema.parse(openPayload(deps, job)));
  return new Map(codes.map(({ address, code }) => [address, code]));
}

/** Lines as people write them, with nothing in them that would be escaped. */
function linesOf(bytes: number): string {
  const line = 'The quick brown fox jumps over the lazy dog, as the letter of today says once more.\r\n';
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

function paragraphsOf(text: string): string {
  return text
    .split('\r\n')
    .map((line) => `<p>${line}</p>\r\n`)
    .join('');
}
