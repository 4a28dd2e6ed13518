// Owns the slow hashes: sign-in codes (peppered, raw) and passwords of SMTP users (encoded, with their own salt and
// cost). It never hashes more at once than it was told, never stores anything, and never logs what it hashes.

import { argon2id, hash, verify } from 'argon2';
import { createTurns } from '../core/turns.ts';

// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane; some 30 ms of one core.
const COST = { type: argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, hashLength: 32 } as const;

export interface Hasher {
  /** Hash of a sign-in code or access phrase under the pepper, 32 bytes. `salt`: 16 random bytes. @throws {AppError} `server/busy` */
  hashCode(code: string, salt: Uint8Array): Promise<Buffer>;
  /** True when the password fits `$argon2id$…`. Malformed or of another kind: false. @throws {AppError} `server/busy` */
  verifyEncoded(encoded: string, password: string): Promise<boolean>;
  /** `$argon2id$…` with a salt of its own, as `SMTP_USERS` takes it; no pepper. @throws {AppError} `server/busy` */
  hashEncoded(password: string): Promise<string>;
}

/** `parallel` hashes at a time in the thread pool, `queueMax` more waiting; each needs 19 MiB while it runs. */
export function createHasher(options: { pepper: Uint8Array; parallel: number; queueMax: number }): Hasher {
  const pepper = Buffer.from(options.pepper);
  const turns = createTurns({ parallel: options.parallel, waitingMax: options.queueMax });
  return {
    hashCode: (code, salt) =>
      turns.take(() => hash(code, { ...COST, salt: Buffer.from(salt), secret: pepper, raw: true })),
    verifyEncoded: (encoded, password) => turns.take(() => verifyQuietly(encoded, password)),
    hashEncoded: async (password) => inUsualOrder(await turns.take(() => hash(password, COST))),
  };
}

async function verifyQuietly(encoded: string, password: string): Promise<boolean> {
  if (!encoded.startsWith('$argon2id$')) return false;
  try {
    return await verify(encoded, password);
  } catch {
    return false; // not a hash that can be read
  }
}

// The library writes m, p, t; the reference implementation writes, and reads, only m, t, p. Both verify here.
function inUsualOrder(encoded: string): string {
  return encoded.replace(
    /\$m=(\d+),p=(\d+),t=(\d+)\$/,
    (_, m: string, p: string, t: string) => `$m=${m},t=${t},p=${p}$`,
  );
}
