// Owns the keyring in memory: which key wraps and seals now, which one opens what is there, and the root secrets
// for what is looked up, signed and peppered (docs/envelope.md, sections 2 and 4). It never touches a file: who holds
// it tells it what it has become.

import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { keyBytes } from './aead.ts';
import { keyedHashLabel } from './context.ts';
import { KeyEncryptionKey, keyIdOfRecord } from './key-encryption-key.ts';
import { KeyringFault, formatKeyringText, isKeyId, parseKeyringText } from './keyring-format.ts';
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

/**
 * The same keyring with this key retired, so that it opens nothing more, or active again. The key must be there.
 * @throws {KeyringFault} for the current key, which has to stay active.
 */
export function setKeyState(keyring: Keyring, id: string, state: KeyState): Keyring {
  const contents = keyring.contents();
  return new Keyring({ ...contents, keys: contents.keys.map((key) => (key.id === id ? { ...key, state } : key)) });
}

export type KeyState = 'active' | 'retired';

/** What may be told of a key. */
export interface KeyCard {
  readonly id: string;
  readonly state: KeyState;
  readonly isCurrent: boolean;
  readonly createdAt: string;
}

/**
 * Asked when something names a key that the keyring does not hold: it may tell the keyring to adopt one that does, or
 * throw that the key may yet come. Returning without either, it lets the bytes count as damaged.
 */
export type AskForKey = (id: string) => void;

/** Everything secret lies in private fields: logging or serialising a keyring by mistake shows nothing. */
export class Keyring {
  #contents: KeyringContents;
  #current: KeyEncryptionKey;
  #active: ReadonlyMap<string, KeyEncryptionKey>;
  #askForKey: AskForKey | undefined;
  readonly #indexKey: KeyObject;
  readonly #macKey: KeyObject;

  /** @throws {KeyringFault} without an active key to seal with. */
  constructor(contents: KeyringContents) {
    const { active, current } = keysOf(contents);
    this.#contents = contents;
    this.#active = active;
    this.#current = current;
    this.#indexKey = createSecretKey(bytesOf(contents.secrets.index));
    this.#macKey = createSecretKey(bytesOf(contents.secrets.mac));
  }

  /** Becomes what `newer` is: wraps and seals with its current key from now on. @throws {KeyringFault} */
  adopt(newer: Keyring): void {
    const contents = newer.contents();
    // They are in every index and signature there is: with others, it is the keyring of another Sealpost.
    const [own, others] = [this.#contents.secrets, contents.secrets].map((secrets) => JSON.stringify(secrets));
    if (own !== others) throw new KeyringFault('it is another one than before; expected the same with other keys');
    const { active, current } = keysOf(contents);
    this.#contents = contents;
    this.#active = active;
    this.#current = current;
  }

  /** Has `ask` called for each key that is named and not held. */
  whenKeyIsMissing(ask: AskForKey | undefined): void {
    this.#askForKey = ask;
  }

  /** Id of the key that wraps and seals. */
  get currentKeyId(): string {
    return this.#current.id;
  }

  /** 32 random bytes, for one message. */
  newDataKey(): Buffer {
    return randomBytes(keyBytes);
  }

  /** Wraps with the current key. */
  wrapDataKey(dataKey: Uint8Array, messageId: string): { keyId: string; wrapped: Buffer } {
    const current = this.#current;
    return { keyId: current.id, wrapped: current.wrap(dataKey, messageId) };
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

  /** All keys, oldest first, retired ones too. */
  keys(): KeyCard[] {
    return this.#contents.keys.map(({ id, state, createdAt }) => ({
      id,
      state,
      isCurrent: id === this.currentKeyId,
      createdAt,
    }));
  }

  /** The ids of all keys, oldest first, retired ones too. */
  keyIds(): string[] {
    return this.#contents.keys.map((key) => key.id);
  }

  /** All that the file holds, secrets included: for what makes another keyring or its text of it, and nothing else. */
  contents(): KeyringContents {
    return this.#contents;
  }

  #activeKey(id: string | undefined): KeyEncryptionKey {
    if (id === undefined || !isKeyId(id)) throw new SealBroken();
    if (!this.#knows(id)) this.#askForKey?.(id);
    const key = this.#active.get(id);
    if (key === undefined) throw new SealBroken();
    return key;
  }

  #knows(id: string): boolean {
    return this.#active.has(id) || this.#contents.keys.some((key) => key.id === id);
  }
}

function keysOf(contents: KeyringContents): { active: Map<string, KeyEncryptionKey>; current: KeyEncryptionKey } {
  const usable = contents.keys.filter((key) => key.state === 'active');
  const active = new Map(usable.map((key) => [key.id, new KeyEncryptionKey(key.id, bytesOf(key.secret))]));
  const current = active.get(contents.current);
  if (current === undefined) throw new KeyringFault('current: expected the id of an active key');
  return { active, current };
}

function newKey(clock: Clock): KeyringContents['keys'][number] {
  return { id: newKeyId(), state: 'active', createdAt: isoNow(clock), secret: newSecret() };
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret, 'base64url');
}
