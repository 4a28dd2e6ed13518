// Owns the question whether a message may be read, and what else may be done with it. Pure: rows and the
// time in, an answer out. Asked where the key is unwrapped, and again for each part.

import { AppError } from '../core/errors.ts';
import type { Key } from '../language/catalogue.ts';
import { sentence } from '../language/words.ts';

/** The columns of a message that decide. */
export interface MessageState {
  readonly expires_at: string | null;
  readonly destroyed_at: string | null;
  readonly rights: string;
}

/** The column of a recipient that decides. */
export interface RecipientState {
  readonly revoked_at: string | null;
}

export type Readability = 'readable' | 'expired' | 'revoked' | 'destroyed';

/** Whether this recipient may read the message at `now` (ISO 8601 UTC). */
export function readability(message: MessageState, recipient: RecipientState, now: string): Readability {
  if (recipient.revoked_at !== null) return 'revoked';
  // A message that was over before it was shredded stays what it was.
  if (message.expires_at !== null && message.expires_at <= (message.destroyed_at ?? now)) return 'expired';
  if (message.destroyed_at !== null) return 'destroyed';
  return 'readable';
}

/** Throws request/gone unless the message is readable. The sentence says what happened, not who did it. */
export function checkReadable(message: MessageState, recipient: RecipientState, now: string): void {
  const state = readability(message, recipient, now);
  if (state === 'readable') return;
  throw new AppError('request/gone', sentence(state === 'expired' ? 'reading.expired' : 'reading.taken-back'), {
    detail: state,
  });
}

export function hasRight(message: Pick<MessageState, 'rights'>, right: string): boolean {
  return ` ${message.rights} `.includes(` ${right} `);
}

/** Throws request/right-withheld when the protection does not grant the right. */
export function checkRight(message: Pick<MessageState, 'rights'>, right: string): void {
  if (hasRight(message, right)) return;
  throw new AppError('request/right-withheld', sentence(withheldSentences.get(right) ?? 'reading.withheld'));
}

const withheldSentences: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['forward', 'reading.withheld-forward'],
  ['download', 'reading.withheld-download'],
  ['copy', 'reading.copy-withheld'],
  ['reply', 'reading.withheld-reply'],
  ['reply-all', 'reading.withheld-reply-all'],
]);
