// Owns looking into the try-out mailbox as a test's recipient does, and the steps from a notice to a session.

import type { Running } from './program.ts';
import { Visitor } from './browser.ts';
import { listTryMail } from '../../server/try/try-mail.store.ts';

/** What of a running program is needed to get at its mail: a whole one, or one in a process of its own. */
export type Reached = Pick<Running, 'url' | 'store' | 'clock' | 'drain'>;

export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  readonly raw: string;
  /** Decoded text part, as far as a test needs it. */
  readonly text: string;
}

/** Newest first. */
export async function mailTo(running: Reached, address: string): Promise<ReceivedMail[]> {
  await running.drain();
  // Mail is ordered by time, and this clock stands still by itself: what comes after this is later.
  running.clock.forward(1);
  const all = await listTryMail({ ...running.store, clock: running.clock });
  return all
    .filter((mail) => mail.to === address)
    .map((mail) => {
      const raw = mail.raw.toString('utf8');
      return { to: mail.to, from: mail.from, raw, text: decodeQuotedPrintable(raw) };
    });
}

/** The path of the newest notice's link. */
export async function linkTo(running: Reached, address: string): Promise<string> {
  for (const mail of await mailTo(running, address)) {
    const path = /\/m\/[A-Za-z0-9_-]{22}/.exec(mail.text)?.[0];
    if (path !== undefined) return path;
  }
  throw new Error(`no notice for ${address}`);
}

/** The newest code. */
export async function codeFor(running: Reached, address: string): Promise<string> {
  for (const mail of await mailTo(running, address)) {
    const code = /^(\d{8})\r?$/m.exec(mail.text)?.[1];
    if (code !== undefined) return code;
  }
  throw new Error(`no code for ${address}`);
}

/** Asks for a code on the link's page, reads it from the mailbox and types it. */
export async function signInByLink(
  running: Reached,
  address: string,
  visitor = new Visitor(running.url),
): Promise<Visitor> {
  const link = await linkTo(running, address);
  await visitor.post(`${link}/passcode`, {}, link);
  const answer = await visitor.post(`${link}/verify`, { code: await codeFor(running, address) }, `${link}/verify`);
  if (answer.status !== 303) throw new Error(`the code was refused with ${answer.status}`);
  return visitor;
}

/** The same by /sign-in, for senders and administrators. */
export async function signInByAddress(
  running: Reached,
  address: string,
  visitor = new Visitor(running.url),
): Promise<Visitor> {
  await visitor.post('/sign-in/passcode', { address }, '/sign-in');
  const answer = await visitor.post('/sign-in/verify', { code: await codeFor(running, address) }, '/sign-in/verify');
  if (answer.status !== 303) throw new Error(`the code was refused with ${answer.status}`);
  return visitor;
}

function decodeQuotedPrintable(raw: string): string {
  const joined = raw.replace(/=\r?\n/g, '');
  return joined.replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
}
