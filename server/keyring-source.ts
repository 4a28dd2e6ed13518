// Owns where the keyring comes from: a file, a command, or a file that Vault seals.

import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import { loadOrCreateKeyring } from './crypto/keyring-file.ts';
import type { Keyring } from './crypto/keyring.ts';

export function openKeyring(config: Config, clock: Clock): Promise<Keyring> {
  if (config.keyring.kind === 'file') return loadOrCreateKeyring(config.keyring.file, clock);
  throw new Error('keyring source');
}
