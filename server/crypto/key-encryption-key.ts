// Owns what one key-encryption key does: wrap the data keys of messages and seal records (docs/envelope.md,
// section 2). It never encrypts with the key itself, only with keys derived from it, and never knows the file.

import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { keyBytes, nonceBytes, openChecked, sealInto, tagBytes } from './aead.ts';
import { openBytes, sealBytes } from './cobblestone.ts';
import { recordContext, recordKeyLabel, wrappedDataKeyLabel, wrappingKeyLabel } from './context.ts';
import { hkdfExpand } from './hkdf.ts';
import { randomBytes } from './random.ts';
import { SealBroken } from './seal-broken.ts';

const WRAPPED_BYTES = nonceBytes + keyBytes + tagBytes;
const RECORD_VERSION = 1;
const KEY_ID_BYTES = 8;
const RECORD_HEADER_BYTES = 1 + KEY_ID_BYTES;

export class KeyEncryptionKey {
  readonly id: string;
  /** Made once: each message wants a key of its own from it. */
  readonly #key: KeyObject;
  readonly #recordKey: Buffer;

  /** `id` has 8 ASCII characters, `key` 32 random bytes. */
  constructor(id: string, key: Uint8Array) {
    this.id = id;
    this.#key = createSecretKey(key);
    this.#recordKey = hkdfExpand(this.#key, Buffer.from(recordKeyLabel(id)), keyBytes);
  }

  /** 60 bytes that open only here and only for this message. `nonce` is for reproducing vectors only. */
  wrap(dataKey: Uint8Array, messageId: string, nonce: Uint8Array = randomBytes(nonceBytes)): Buffer {
    if (dataKey.length !== keyBytes) throw new TypeError('A data key has 32 bytes.');
    const wrapped = Buffer.alloc(WRAPPED_BYTES);
    wrapped.set(nonce);
    sealInto(wrapped, nonceBytes, this.#wrappingKey(messageId), nonce, dataKey, this.#boundTo(messageId));
    return wrapped;
  }

  /** The data key. @throws {SealBroken} */
  unwrap(wrapped: Uint8Array, messageId: string): Buffer {
    if (wrapped.length !== WRAPPED_BYTES) throw new SealBroken();
    const nonce = wrapped.subarray(0, nonceBytes);
    return openChecked(this.#wrappingKey(messageId), nonce, wrapped.subarray(nonceBytes), this.#boundTo(messageId));
  }

  /** A record that names this key. `salt` is for reproducing vectors only. */
  sealRecord(name: string, plaintext: Uint8Array, salt?: Uint8Array): Buffer {
    const header = Buffer.from([RECORD_VERSION, ...Buffer.from(this.id, 'ascii')]);
    return Buffer.concat([header, sealBytes(this.#recordKey, recordContext(name), plaintext, salt)]);
  }

  /** The plaintext of a record that names this key, by `keyIdOfRecord`. @throws {SealBroken} */
  openRecord(name: string, record: Uint8Array): Buffer {
    return openBytes(this.#recordKey, recordContext(name), record.subarray(RECORD_HEADER_BYTES));
  }

  // One key per message: random nonces stay far below the 2^32 uses that NIST SP 800-38D section 8.3 allows a key.
  #wrappingKey(messageId: string): KeyObject {
    return createSecretKey(hkdfExpand(this.#key, Buffer.from(wrappingKeyLabel(this.id, messageId)), keyBytes));
  }

  #boundTo(messageId: string): Buffer {
    return Buffer.from(wrappedDataKeyLabel(this.id, messageId));
  }
}

/** The id of the key that a record names; undefined when it is no record of this version. */
export function keyIdOfRecord(record: Uint8Array): string | undefined {
  if (record[0] !== RECORD_VERSION) return undefined;
  return Buffer.from(record.subarray(1, RECORD_HEADER_BYTES)).toString('latin1');
}
