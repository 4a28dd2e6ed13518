// Owns the keyring that lies in a file sealed by Vault: one line, the format's name and what the transit engine made
// of the keyring's text (docs/envelope.md, section 5).

import { KeyringFault } from '../crypto/keyring-format.ts';
import { coatedFileSource } from './file-source.ts';
import type { KeyringSource } from './source.ts';
import { CIPHERTEXT, createTransit } from './vault-transit.ts';
import type { TransitPlace } from './vault-transit.ts';

const FORMAT = 'sealpost-keyring-in-vault/1';

export function vaultSource(path: string, place: TransitPlace): KeyringSource {
  const transit = createTransit(place);
  return coatedFileSource(path, {
    putOn: async (text) => `${FORMAT} ${await transit.encrypt(Buffer.from(text))}\n`,
    takeOff: async (stored) => (await transit.decrypt(ciphertextOf(stored))).toString('utf8'),
  });
}

function ciphertextOf(stored: string): string {
  const [, format, ciphertext = ''] = /^(\S+) (\S+)\n$/.exec(stored) ?? [];
  if (format !== FORMAT || !CIPHERTEXT.test(ciphertext)) {
    throw new KeyringFault(`expected a file of one line, ${FORMAT} and what Vault sealed`);
  }
  return ciphertext;
}
