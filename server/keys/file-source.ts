// Owns the keyring in a file of ours, as it is or in a coat that somebody else can take off (docs/envelope.md,
// section 5).

import { statSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { hasCode } from '../core/errors.ts';
import { createKeyring, parseKeyring, serializeKeyring } from '../crypto/keyring.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { createSecretFile, readSecretFile, replaceSecretFile } from '../crypto/secret-file.ts';
import type { KeyringSource, KeyringStore } from './source.ts';
import { KeyringMissing } from './source.ts';

/** What the file holds instead of the keyring's own text. */
export interface Coat {
  putOn(text: string): Promise<string>;
  /** @throws {KeyringFault} */
  takeOff(stored: string): Promise<string>;
}

/** The keyring in a file in clear text: permissions are what protects it. */
export function fileSource(path: string): KeyringSource {
  const source = coatedFileSource(path, {
    putOn: (text) => Promise.resolve(text),
    takeOff: (text) => Promise.resolve(text),
  });
  let seen: string | undefined;
  return {
    ...source,
    load: () => {
      seen = versionOf(path);
      return source.load();
    },
    loadChanged: () => {
      const version = versionOf(path);
      if (version === seen) return undefined;
      seen = version;
      return parseKeyring(readSecretFile(path));
    },
  };
}

export function coatedFileSource(path: string, coat: Coat): KeyringSource & { readonly store: KeyringStore } {
  const read = (): string => {
    try {
      return readSecretFile(path);
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? new KeyringMissing() : error;
    }
  };
  const open = async (stored: string): Promise<Keyring> => parseKeyring(await coat.takeOff(stored));
  const seal = (keyring: Keyring): Promise<string> => coat.putOn(serializeKeyring(keyring));
  return {
    load: async () => open(read()),
    store: {
      create: async (clock: Clock) => createSecretFile(path, await seal(createKeyring(clock))),
      read,
      open,
      seal,
      replace: (stored) => replaceSecretFile(path, stored),
    },
  };
}

/** Another text for each state of the file: a replaced one is another file, an edited one has another time. */
function versionOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeNs} ${found.ctimeNs} ${found.size}`;
}
