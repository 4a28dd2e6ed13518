// Owns chance: ids, tokens, codes and raw random bytes, all from the system's generator. It never remembers
// what it made, and never uses Math.random().

import { randomBytes as systemBytes, randomInt } from 'node:crypto';
import type { Clock } from '../core/clock.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const REFERENCE_LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ'; // no I, L, O: they are read as 1 and 0

/** `count` random bytes. */
export function randomBytes(count: number): Buffer {
  return systemBytes(count);
}

/** An id as core/ids.ts describes it: 48 bits of milliseconds, then 80 random bits; 26 characters. */
export function newId(clock: Clock): string {
  return crockford(BigInt(clock.nowMs()), 10) + crockford(BigInt(`0x${systemBytes(10).toString('hex')}`), 16);
}

/** The id of a key-encryption key: 40 random bits, 8 characters. */
export function newKeyId(): string {
  return crockford(BigInt(`0x${systemBytes(5).toString('hex')}`), 8);
}

/** 128 random bits as 22 characters of base64url: for links and cookies. */
export function newToken(): string {
  return systemBytes(16).toString('base64url');
}

/** 256 random bits as 43 characters of base64url: for API keys. */
export function newSecret(): string {
  return systemBytes(32).toString('base64url');
}

/** Eight digits, each of the 10^8 codes as likely as any other. */
export function newPasscode(): string {
  return randomInt(100_000_000).toString().padStart(8, '0');
}

/** Four letters that name a code without being one: in its mail and on the page that waits for it. */
export function newReference(): string {
  return Array.from({ length: 4 }, () => REFERENCE_LETTERS.charAt(randomInt(REFERENCE_LETTERS.length))).join('');
}

function crockford(value: bigint, characters: number): string {
  let text = '';
  for (let n = 0; n < characters; n += 1) {
    text = CROCKFORD.charAt(Number((value >> BigInt(5 * n)) & 31n)) + text;
  }
  return text;
}
