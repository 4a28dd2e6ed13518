// Owns plain digests and the comparison that takes the same time whatever it finds. It never holds a key: what
// needs one is in the keyring.

import { createHash, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256, 32 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

/** One of the SHA-2 digests, where the other side's key says which. */
export function sha2(bits: 256 | 384 | 512, data: Uint8Array): Buffer {
  return hash(`sha${bits}`, data, 'buffer');
}

export interface Sha256 {
  update(data: string | Uint8Array): void;
  /** 32 bytes; to be asked for once, at the end. */
  digest(): Buffer;
}

/** SHA-256 over data that comes in pieces. */
export function createSha256(): Sha256 {
  const state = createHash('sha256');
  return {
    update: (data) => void state.update(data),
    digest: () => state.digest(),
  };
}

/** True when both hold the same bytes. Takes constant time for equal lengths; the length is no secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
