// Owns remembering what a record held, by the very bytes that were opened: a session's every page and a key's every
// call ask for the same row. The row is still asked for each time; only what is sealed in it is not opened again.

import type { Keyring } from './keyring.ts';

const OPENED_MAX = 10_000;

export class OpenedRecords<Value> {
  readonly #name: (id: string) => string;
  readonly #read: (text: string) => Value;
  readonly #opened = new WeakMap<Keyring, Map<string, { readonly sealed: Uint8Array; readonly value: Value }>>();

  /** `name` is the record's, `read` makes its text a value. */
  constructor(name: (id: string) => string, read: (text: string) => Value) {
    this.#name = name;
    this.#read = read;
  }

  /** Throws SealBroken for bytes that were changed, whatever was opened before. */
  of(keyring: Keyring, id: string, sealed: Uint8Array): Value {
    const opened = this.#openedBy(keyring);
    const known = opened.get(id);
    if (known !== undefined && Buffer.compare(known.sealed, sealed) === 0) return known.value;
    const value = this.#read(keyring.openRecord(this.#name(id), sealed).toString('utf8'));
    if (opened.size >= OPENED_MAX) opened.clear();
    opened.set(id, { sealed, value });
    return value;
  }

  #openedBy(keyring: Keyring): Map<string, { readonly sealed: Uint8Array; readonly value: Value }> {
    const known = this.#opened.get(keyring);
    if (known !== undefined) return known;
    const opened = new Map<string, { readonly sealed: Uint8Array; readonly value: Value }>();
    this.#opened.set(keyring, opened);
    return opened;
  }
}
