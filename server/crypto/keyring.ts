// Owns the keyring in memory: which key wraps and seals now, which one opens what is there, and the root secrets
// for what is looked up, signed and peppered (docs/envelope.md, sections 2 and 4). It never touches a file.

import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { keyBytes } from './aead.ts';
import { keyedHashLabel } from './context.ts';
import { KeyEncryptionKey, keyIdOfRecord } from './key-encryption-key.ts';
import { KeyringFault, formatKeyringText, parseKeyringText } from './keyring-format.ts';
import type { KeyringContents } from './keyring-format.ts';
import { newKeyId, newSecret, randomBytes } from './random.ts';
import { SealBroken } from './seal-broken.ts';

export interface WrappedDataKey {
  /** Id of the key-encryption key. */
  readonly keyId: string;
  /** 60 bytes. */
  readonly wrapped: Uint8Array;
}

/** A keyring with one new key and new root secrets. */
export function createKeyring(clock: Clock): Keyring {
  const key = newKey(clock);
  return new Keyring({
    format: 'sealpost-keyring',
    version: 1,
    current: key.id,
    keys: [key],
    secrets: { index: newSecret(), pepper: newSecret(), session: newSecret(), mac: newSecret() },
  });
}

/** @throws {KeyringFault} on anything but exactly the format of version 1. */
export function parseKeyring(text: string): Keyring {
  return new Keyring(parseKeyringText(text));
}

/** The text of the keyring file. It holds every secret: it goes into that file and nowhere else. */
export function serializeKeyring(keyring: Keyring): string {
  return formatKeyringText(keyring.contents());
}

/** The same keyring with one more key, which becomes the current one. What the older keys sealed still opens. */
export function addKey(keyring: Keyring, clock: Clock): Keyring {
  const contents = keyring.contents();
  const key = newKey(clock);
  return new Keyring({ ...contents, current: key.id, keys: [...contents.keys, key] });
}

/** Everything secret lies in private fields: logging or serialising a keyring by mistake shows nothing. */
export class Keyring {
  readonly currentKeyId: string;
  readonly #contents: KeyringContents;
  readonly #current: KeyEncryptionKey;
  readonly #active: ReadonlyMap<string, KeyEncryptionKey>;
  readonly #indexKey: KeyObject;
  readonly #macKey: KeyObject;

  /** @throws {KeyringFault} without an active key to seal with. */
  constructor(contents: KeyringContents) {
    const active = contents.keys.filter((key) => key.state === 'active');
    this.#active = new Map(active.map((key) => [key.id, new KeyEncryptionKey(key.id, bytesOf(key.secret))]));
    const current = this.#active.get(contents.current);
    if (current === undefined) throw new KeyringFault('current: expected the id of an active key');
    this.#contents = contents;
    this.#current = current;
    this.currentKeyId = current.id;
    this.#indexKey = createSecretKey(bytesOf(contents.secrets.index));
    this.#macKey = createSecretKey(bytesOf(contents.secrets.mac));
  }

  /** 32 random bytes, for one message. */
  newDataKey(): Buffer {
    return randomBytes(keyBytes);
  }

  /** Wraps with the current key. */
  wrapDataKey(dataKey: Uint8Array, messageId: string): { keyId: string; wrapped: Buffer } {
    return { keyId: this.currentKeyId, wrapped: this.#current.wrap(dataKey, messageId) };
  }

  /** The data key of this message. @throws {SealBroken}, also for an unknown or a retired key. */
  unwrapDataKey(from: WrappedDataKey, messageId: string): Buffer {
    return this.#activeKey(from.keyId).unwrap(from.wrapped, messageId);
  }

  /** Seals something small that belongs to no message. `name` binds it to its row: a noun, a blank, the row's id. */
  sealRecord(name: string, plaintext: string | Uint8Array): Buffer {
    return this.#current.sealRecord(name, Buffer.from(plaintext));
  }

  /** The plaintext of a record. @throws {SealBroken}, also for an unknown or a retired key. */
  openRecord(name: string, record: Uint8Array): Buffer {
    return this.#activeKey(keyIdOfRecord(record)).openRecord(name, record);
  }

  /** What stands in a column for looking up, 43 characters. `value` must already be in its one spelling. */
  blindIndex(purpose: string, value: string): string {
    return createHmac('sha256', this.#indexKey)
      .update(keyedHashLabel('index', purpose))
      .update(value)
      .digest('base64url');
  }

  /** HMAC-SHA-256 of `data` for a purpose, 32 bytes; to be compared by `equalBytes`. */
  mac(purpose: string, data: string): Buffer {
    return createHmac('sha256', this.#macKey).update(keyedHashLabel('mac', purpose)).update(data).digest();
  }

  /** The same as 43 characters of base64url. */
  macText(purpose: string, data: string): string {
    return this.mac(purpose, data).toString('base64url');
  }

  /** 32 bytes that sign session cookies (HS256). */
  sessionKey(): Uint8Array {
    return bytesOf(this.#contents.secrets.session);
  }

  /** 32 bytes that go into the hash of every sign-in code. */
  pepper(): Uint8Array {
    return bytesOf(this.#contents.secrets.pepper);
  }

  /** The ids of all keys, oldest first, retired ones too. */
  keyIds(): string[] {
    return this.#contents.keys.map((key) => key.id);
  }

  /** All that the file holds, secrets included: for `serializeKeyring` and `addKey` only. */
  contents(): KeyringContents {
    return this.#contents;
  }

  #activeKey(id: string | undefined): KeyEncryptionKey {
    const key = id === undefined ? undefined : this.#active.get(id);
    if (key === undefined) throw new SealBroken();
    return key;
  }
}

function newKey(clock: Clock): KeyringContents['keys'][number] {
  return { id: newKeyId(), state: 'active', createdAt: isoNow(clock), secret: newSecret() };
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret, 'base64url');
}
