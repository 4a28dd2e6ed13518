// Owns what a place that a keyring comes from can do. Whatever it is (a file, a command, Vault), a failure to read it
// says what is wrong and never what was read.

import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';

export interface KeyringSource {
  /** The keyring as it stands there now. @throws {KeyringFault | KeyringMissing} */
  load(): Promise<Keyring>;
  /** The same without waiting, where that is possible and it has changed since it was last read. */
  loadChanged?(): Keyring | undefined;
  /** Where it can be written by us; a command only prints it. */
  readonly store?: KeyringStore;
}

/** A keyring in a file of ours. */
export interface KeyringStore {
  /** Makes a new keyring, unless there is one: of several processes at once, one does. */
  create(clock: Clock): Promise<void>;
  /** What is in the file, unopened; equal texts are one keyring. */
  read(): string;
  open(stored: string): Promise<Keyring>;
  seal(keyring: Keyring): Promise<string>;
  /** Puts what `seal` gave in the place of the file, whole or not at all. */
  replace(stored: string): Promise<void>;
}

/** There is no keyring there yet. */
export class KeyringMissing extends Error {
  constructor() {
    super('There is no keyring.');
    this.name = 'KeyringMissing';
  }
}
