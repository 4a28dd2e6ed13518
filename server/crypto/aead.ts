// Owns the two calls of AES-256-GCM that everything else is made of. It never chooses a key or a nonce, and
// never hands out plaintext that its tag has not proved.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SealBroken } from './seal-broken.ts';

export const keyBytes = 32;
export const nonceBytes = 12;
export const tagBytes = 16;

const ALGORITHM = 'aes-256-gcm';
// Node takes a tag of 4 bytes for good unless it is told the length: 2^32 tries would then forge anything.
const OPTIONS = { authTagLength: tagBytes };

/** Ciphertext and tag of `plaintext`, as the cipher made them: joining them is a copy, and many need none. */
export function seal(key: KeyObject, nonce: Uint8Array, plaintext: Uint8Array, aad?: Uint8Array): [Buffer, Buffer] {
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
  if (aad !== undefined) cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final(); // empty: GCM has no padding
  return [ciphertext, cipher.getAuthTag()];
}

/** The same, written into `target` at `offset`; `plaintext.length + 16` bytes must fit there. */
export function sealInto(
  target: Buffer,
  offset: number,
  key: KeyObject,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad?: Uint8Array,
): void {
  const [ciphertext, tag] = seal(key, nonce, plaintext, aad);
  ciphertext.copy(target, offset);
  tag.copy(target, offset + plaintext.length);
}

/** The plaintext of ciphertext and tag. @throws {SealBroken} unless the whole tag fits. */
export function openChecked(key: KeyObject, nonce: Uint8Array, sealed: Uint8Array, aad?: Uint8Array): Buffer {
  const end = sealed.length - tagBytes;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
    if (aad !== undefined) decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(end)); // throws on fewer than 16 bytes
    const plaintext = decipher.update(sealed.subarray(0, end));
    decipher.final(); // only from here on is `plaintext` known to be true
    return plaintext;
  } catch {
    throw new SealBroken();
  }
}
