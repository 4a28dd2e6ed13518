// Owns chance: ids, tokens, codes and raw random bytes, all from the system's generator. It never remembers
// what it made, and never uses Math.random().

import { randomBytes as systemBytes, randomInt } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { crockford } from './crockford.ts';

const REFERENCE_LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ'; // no I, L, O: they are read as 1 and 0

// One call of the system's generator for many ids, salts and nonces: the call costs more than the bytes. What was
// handed out is overwritten, so that no later leak of the pool tells it.
const POOL_BYTES = 8 * 1024;
let pool = Buffer.alloc(0);
let used = 0;

/** `count` random bytes. */
export function randomBytes(count: number): Buffer {
  if (count > POOL_BYTES / 8) return systemBytes(count);
  if (used + count > pool.length) {
    pool = systemBytes(POOL_BYTES);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}

/** An id as core/ids.ts describes it: 48 bits of milliseconds, then 80 random bits; 26 characters. */
export function newId(clock: Clock): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(clock.nowMs(), TIME_BYTES - 6, 6);
  return crockford(time).slice(-10) + crockford(randomBytes(10));
}

/** The id of a key-encryption key: 40 random bits, 8 characters. */
export function newKeyId(): string {
  return crockford(randomBytes(5));
}

/** 128 random bits as 22 characters of base64url: for links and cookies. */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/** 256 random bits as 43 characters of base64url: for API keys. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Eight digits, each of the 10^8 codes as likely as any other. */
export function newPasscode(): string {
  return randomInt(100_000_000).toString().padStart(8, '0');
}

/** Four letters that name a code without being one: in its mail and on the page that waits for it. */
export function newReference(): string {
  return Array.from({ length: 4 }, () => REFERENCE_LETTERS.charAt(randomInt(REFERENCE_LETTERS.length))).join('');
}

const TIME_BYTES = 10; // 80 bits: a whole number of bytes and of characters
