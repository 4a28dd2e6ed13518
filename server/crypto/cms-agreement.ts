// Owns how a content key travels by ECDH (RFC 5753): the shared secret, the key derived from it, and AES key wrap. Alike for
// writing and for opening.

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { der, derOid, tags } from './ber.ts';
import { oids } from './cms-oids.ts';

// RFC 3394 section 2.2.3.1
const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');

export interface KeyWrap {
  readonly oid: string;
  readonly cipher: string;
  readonly keyBytes: number;
}

export const keyWraps: readonly KeyWrap[] = [
  { oid: oids.aes128Wrap, cipher: 'id-aes128-wrap', keyBytes: 16 },
  { oid: oids.aes192Wrap, cipher: 'id-aes192-wrap', keyBytes: 24 },
  { oid: oids.aes256Wrap, cipher: 'id-aes256-wrap', keyBytes: 32 },
];

/** The key that wraps the content key, from the shared secret and ECC-CMS-SharedInfo (RFC 5753 section 7.2). */
export function agreedKey(secret: Buffer, { hash, wrapAlgorithm, keyBytes, ukm }: Agreement): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(keyBytes * 8);
  const info = der(
    tags.sequence,
    wrapAlgorithm,
    ...(ukm === undefined ? [] : [der(0xa0, der(tags.octetString, ukm))]),
    der(0xa2, der(tags.octetString, bits)),
  );
  return x963(hash, secret, info, keyBytes);
}

/** The key derivation of ANSI X9.63 (SEC 1, section 3.6.1). */
export function x963(hash: string, secret: Buffer, info: Buffer, bytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 1, have = 0; have < bytes; counter++) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const block = createHash(hash).update(secret).update(count).update(info).digest();
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

export interface Agreement {
  readonly hash: string;
  /** The whole AlgorithmIdentifier, as it stands in the message. */
  readonly wrapAlgorithm: Buffer;
  readonly keyBytes: number;
  readonly ukm?: Buffer | undefined;
}

export function wrapAlgorithm(oid: string): Buffer {
  return der(tags.sequence, derOid(oid));
}

export function wrapKey({ cipher }: KeyWrap, kek: Buffer, key: Buffer): Buffer {
  const wrapping = createCipheriv(cipher, kek, WRAP_IV);
  return Buffer.concat([wrapping.update(key), wrapping.final()]);
}

/** @throws when it was wrapped under another key. */
export function unwrapKey({ cipher }: KeyWrap, kek: Buffer, wrapped: Buffer): Buffer {
  const unwrapping = createDecipheriv(cipher, kek, WRAP_IV);
  return Buffer.concat([unwrapping.update(wrapped), unwrapping.final()]);
}
