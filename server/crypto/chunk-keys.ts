// Owns the keys of one sealing: what Cobblestone-256 derives from input key, salt and context, and the nonce of
// each chunk (docs/envelope.md, section 1). It never touches plaintext.

import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { keyBytes, nonceBytes } from './aead.ts';
import { hkdfExpand } from './hkdf.ts';

export const saltBytes = 24;
export const commitmentBytes = 32;

const CHUNKS_MAX = 2 ** 38;
const INFO = 'c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0';

export interface ChunkKeys {
  readonly key: KeyObject;
  readonly baseNonce: Buffer;
  readonly commitment: Buffer;
}

/** Derives the keys of one sealing. `inputKey` has 32 bytes, `salt` 24; both were checked by the caller. */
export function deriveChunkKeys(inputKey: Uint8Array, salt: Uint8Array, context: Uint8Array | string): ChunkKeys {
  const info = Buffer.concat([Buffer.from(INFO, 'ascii'), salt, Buffer.from(context)]);
  const derived = hkdfExpand(inputKey, info, keyBytes + nonceBytes + commitmentBytes);
  return {
    key: createSecretKey(derived.subarray(0, keyBytes)),
    baseNonce: derived.subarray(keyBytes, keyBytes + nonceBytes),
    commitment: derived.subarray(keyBytes + nonceBytes),
  };
}

/** The base nonce with the number of the chunk XORed into its last five bytes. */
export function chunkNonce(baseNonce: Buffer, n: number): Buffer {
  if (n >= CHUNKS_MAX) throw new RangeError('More chunks than one sealing may have.');
  const nonce = Buffer.from(baseNonce);
  // Bitwise operators know 32 bits only, so the number goes in as a high byte and a low word.
  nonce.writeUInt8(baseNonce.readUInt8(7) ^ Math.floor(n / 2 ** 32), 7);
  nonce.writeUInt32BE((baseNonce.readUInt32BE(8) ^ (n % 2 ** 32)) >>> 0, 8);
  return nonce;
}
