// Owns the reference that each notice carries, by which anybody who holds it can ask whether it is genuine. It follows
// from the recipient's id under a key of this house, so nobody else can make one up: 40 bits.

import { crockford, uncrumpled } from '../crypto/crockford.ts';
import type { Keyring } from '../crypto/keyring.ts';

const REFERENCE_BYTES = 5;
const REFERENCE = /^[0-9a-hjkmnp-tv-z]{8}$/;

/** "K4QP-7T3M" */
export function noticeReference(keyring: Keyring, recipientId: string): string {
  const text = crockford(keyring.mac('notice reference', recipientId).subarray(0, REFERENCE_BYTES)).toUpperCase();
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

/** As it was typed off a mail; undefined when it cannot be one. */
export function referenceIndexOf(keyring: Keyring, typed: string): string | undefined {
  const text = uncrumpled(typed);
  return REFERENCE.test(text) ? keyring.blindIndex('notice reference', text) : undefined;
}

/** What stands in the recipient's row once the notice is out. */
export function referenceIndex(keyring: Keyring, recipientId: string): string {
  const index = referenceIndexOf(keyring, noticeReference(keyring, recipientId));
  if (index === undefined) throw new Error('a reference of ours is none');
  return index;
}
