// Owns the fingerprint by which a printed proof and a signed one are seen to say the same.

import { sha256 } from '../crypto/digest.ts';
import type { Statement } from './proof-statement.ts';

/**
 * Of what is proved, and not of when and by whom the proof was taken: two proofs of a message have the same one as long as
 * nothing happened between them. Eight groups of four hexadecimal digits.
 */
export function fingerprintOf({ message, protection, recipients, events }: Statement): string {
  const told = events.filter(({ event }) => event !== 'proof-taken');
  const digest = sha256(JSON.stringify([message, protection, recipients, told])).toString('hex');
  return (digest.slice(0, 32).match(/.{4}/g) ?? []).join(' ');
}
