// Owns the kinds of work that leave the house later, and how long each is tried.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';

/**
 * notice: tells a recipient that a message waits; direct: brings them the mail itself; reminder: tells it again, before the last day. answer: brings a reply
 * to a sender's mailbox. passcode: a sign-in code. failure: tells a sender that a recipient could not be reached.
 * request: asks a sender for more time; decision: tells the reader what became of that. resend: looks which notices
 * an address lacks. passkey: tells an address that a passkey was added to it or removed. approval: tells somebody that a
 * message waits for their word; held: tells its sender so, and what came of it;
 * unreached: tells its sender that somebody could not be told. certificate: tells an administrator that one
 * will expire, or has. first-read: tells a sender who wishes it of the first reading;
 * by-mail: tells somebody who answered by ordinary mail how to do it safely; digest: what became of their messages, once a day.
 * webhook: sends an event to another program. alert: tells an administrator what is wrong, or that it is over. tls-report: tells
 * another domain how TLS with its servers went.
 */
export type JobKind =
  | 'notice'
  | 'direct'
  | 'reminder'
  | 'answer'
  | 'passcode'
  | 'failure'
  | 'request'
  | 'decision'
  | 'resend'
  | 'passkey'
  | 'approval'
  | 'held'
  | 'unreached'
  | 'certificate'
  | 'first-read'
  | 'by-mail'
  | 'digest'
  | 'webhook'
  | 'alert'
  | 'tls-report';

/** Who waits for whom: jobs of one lane share its places, and lanes do not wait for each other. */
export const lanes: readonly { readonly kinds: readonly JobKind[]; readonly places: number }[] = [
  { kinds: ['passcode'], places: 4 },
  // Each to a server that nobody here knows, which may hang.
  { kinds: ['direct'], places: 8 },
  {
    kinds: [
      'notice',
      'answer',
      'failure',
      'reminder',
      'request',
      'decision',
      'resend',
      'passkey',
      'approval',
      'held',
      'unreached',
      'certificate',
      'first-read',
      'by-mail',
      'digest',
    ],
    places: 8,
  },
  // Of their own: a program that hangs holds up no mail.
  { kinds: ['webhook'], places: 4 },
  // Of their own: what they tell of may be that the others do not move.
  { kinds: ['alert'], places: 2 },
  // To places that others' DNS names: they hold up nothing else.
  { kinds: ['tls-report'], places: 2 },
];

/** How long a job is tried before it is given up, unless its maker knows better (a code's own end). */
export const TRIED_FOR_MS: Record<JobKind, number> = {
  notice: 4 * DAY_MS,
  // Then by the portal: somebody waits for it.
  direct: 2 * HOUR_MS,
  answer: 4 * DAY_MS,
  failure: 2 * DAY_MS,
  reminder: 2 * DAY_MS,
  request: 2 * DAY_MS,
  decision: 2 * DAY_MS,
  approval: 4 * DAY_MS,
  held: 2 * DAY_MS,
  unreached: 2 * DAY_MS,
  certificate: 4 * DAY_MS,
  'first-read': 2 * DAY_MS,
  'by-mail': 2 * DAY_MS,
  digest: DAY_MS,
  resend: HOUR_MS,
  passkey: 2 * DAY_MS,
  webhook: 4 * DAY_MS,
  alert: 2 * DAY_MS,
  // RFC 8460 section 5.4: for a day.
  'tls-report': DAY_MS,
  passcode: 10 * MINUTE_MS,
};

// RFC 5321 section 4.5.4.1: at least 30 minutes between tries in the long run, four to five days in all;
// the first tries may be closer, since most faults pass soon.
const RETRY_AFTER_MS = [
  MINUTE_MS,
  3 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
] as const;

// Somebody waits for a code, and it is worth nothing once it has run out.
const PASSCODE_RETRY_AFTER_MS = [5_000, 15_000, 30_000, MINUTE_MS] as const;

/** Milliseconds to wait after the `attempts`-th failed try (from 1); the last step repeats. */
export function retryAfterMs(kind: JobKind, attempts: number): number {
  const steps = kind === 'passcode' ? PASSCODE_RETRY_AFTER_MS : RETRY_AFTER_MS;
  return steps[Math.min(attempts, steps.length) - 1] ?? steps[0];
}

/**
 * Milliseconds until a job looks again whether there is room for it: soon at first, then seldom, so that a long queue for one slow
 * domain is not turned over without end.
 */
export function postponedMs(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 10, 2 * SECOND_MS), 5 * MINUTE_MS);
}
