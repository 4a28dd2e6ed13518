// Owns the limit that rules and labels set to a message's end: its sender moves the end as they like before it, and never
// beyond. A message without one, as all are from before it was kept, has no such limit.

import { DAY_MS, isoTime, justBefore } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { dayAt } from '../language/told.ts';
import { sentence } from '../language/words.ts';
import type { Sentence } from '../language/words.ts';
import { loadMessage } from '../messages/messages.store.ts';

type Bound = Pick<MessagesTable, 'policy_end'>;

/** Whoever names the very day on which the limit falls has that day until the limit. Anything else is as it was. */
export function drawnToPolicyEnd({ policy_end: limit }: Bound, end: string): string {
  return limit !== null && end === endOfDayOf(limit) ? limit : end;
}

export function isBeyondPolicyEnd({ policy_end: limit }: Bound, end: string): boolean {
  return limit !== null && end > limit;
}

/** `drawnToPolicyEnd` of a message that may be gone by now. */
export async function endWithin(db: Db, messageId: string, end: string): Promise<string> {
  const message = await loadMessage(db, messageId);
  return message === undefined ? end : drawnToPolicyEnd(message, end);
}

/** Throws policy/refused, in words that say why. */
export async function checkPolicyEnd(tx: Tx, messageId: string, end: string): Promise<void> {
  const message = await loadMessage(tx, messageId);
  if (message === undefined || !isBeyondPolicyEnd(message, end)) return;
  const why = policyEndSentence(message);
  if (why !== undefined) throw new AppError('policy/refused', why);
}

/** Why no later day can be had; undefined where any can. */
export function policyEndSentence({ policy_end: limit }: Bound): Sentence | undefined {
  return limit === null ? undefined : sentence('sending.end-policy', { day: dayAt(justBefore(limit)) });
}

/** The end of a day is written as the start of the next. */
function endOfDayOf(limit: string): string {
  return isoTime(Date.parse(justBefore(limit).slice(0, 10)) + DAY_MS);
}
