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

/** The columns of a recipient that decide. */
export interface RecipientState {
  readonly revoked_at: string | null;
  readonly own_expires_at: string | null;
}

export type Readability = 'readable' | 'expired' | 'revoked' | 'destroyed';

/** Whether this recipient may read the message at `now` (ISO 8601 UTC). */
export function readability(message: MessageState, recipient: RecipientState, now: string): Readability {
  if (recipient.revoked_at !== null) return 'revoked';
  // A message that was over before it was shredded stays what it was.
  const end = endOf(message, recipient);
  if (end !== null && end <= (message.destroyed_at ?? now)) return 'expired';
  if (message.destroyed_at !== null) return 'destroyed';
  return 'readable';
}

/** When this recipient's time is over: with the message's, or before. Null: never. */
export function endOf(
  message: Pick<MessageState, 'expires_at'>,
  { own_expires_at: own }: Pick<RecipientState, 'own_expires_at'>,
): string | null {
  if (own === null || message.expires_at === null) return own ?? message.expires_at;
  return own < message.expires_at ? own : message.expires_at;
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

/** What a page grants, or makes harder, for all that stands on it. */
export const pageRights = ['copy', 'print'] as const;

/** A copy outside goes where nothing hinders: it is given only where nothing that it allows was withheld. */
const copyRights = ['copy', 'download', 'print', 'forward'] as const;

export function mayTakeCopy(message: Pick<MessageState, 'rights'>): boolean {
  return copyRights.every((right) => hasRight(message, right));
}

/** Throws request/right-withheld unless all that a copy allows is granted. */
export function checkMayTakeCopy(message: Pick<MessageState, 'rights'>): void {
  for (const right of copyRights) checkRight(message, right);
}

/** Of a message's writer: from them nobody takes it back. */
export const asWriter: RecipientState = { revoked_at: null, own_expires_at: null };

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
