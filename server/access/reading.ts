// Owns the question whether a message may be read, and what else may be done with it. Pure: rows and the
// time in, an answer out. Asked where the key is unwrapped, and again for each part.

import { AppError } from '../core/errors.ts';

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
  const sentence =
    state === 'expired' ? 'This message has reached its last day.' : 'The sender has taken this message back.';
  throw new AppError('request/gone', sentence, { detail: state });
}

export function hasRight(message: Pick<MessageState, 'rights'>, right: string): boolean {
  return ` ${message.rights} `.includes(` ${right} `);
}

/** Throws request/right-withheld when the protection does not grant the right. */
export function checkRight(message: Pick<MessageState, 'rights'>, right: string): void {
  if (hasRight(message, right)) return;
  throw new AppError('request/right-withheld', withheldSentences[right] ?? 'The sender has not allowed this.');
}

const withheldSentences: Record<string, string> = {
  forward: 'The sender has asked that this message is not forwarded.',
  download: 'The sender has asked that the files of this message do not leave this page.',
  reply: 'The sender does not take answers to this message.',
  'reply-all': 'The sender takes answers to this message for themselves only.',
};
