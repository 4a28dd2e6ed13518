// Owns the choice of where the keyring comes from, and that a lost one is never replaced by a new one.

import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import type { Keyring } from './crypto/keyring.ts';
import { KeyringFault } from './crypto/keyring-format.ts';
import { commandSource } from './keys/command-source.ts';
import { fileSource } from './keys/file-source.ts';
import { KeyringMissing } from './keys/source.ts';
import type { KeyringSource } from './keys/source.ts';
import { vaultSource } from './keys/vault-source.ts';

/** The place that KEYRING names. Looks at nothing yet. */
export function keyringSource(config: Config): KeyringSource {
  const { keyring, vault } = config;
  if (keyring.kind === 'file') return fileSource(keyring.file);
  if (keyring.kind === 'exec') return commandSource({ ...keyring, env: config.commandEnv });
  if (vault === undefined) throw new TypeError('the settings check that both come together');
  return vaultSource(join(config.dataDir, 'keyring.vault'), { ...vault, ...keyring });
}

/**
 * The keyring, made on the very first start. `isInUse` says whether the database holds something already: a new
 * keyring could open nothing of it, and would seal what comes beside it. @throws {KeyringFault}
 */
export async function openKeyring(
  source: KeyringSource,
  clock: Clock,
  isInUse: () => Promise<boolean>,
): Promise<Keyring> {
  try {
    return await source.load();
  } catch (error) {
    if (!(error instanceof KeyringMissing)) throw error;
  }
  if (!(await isInUse())) await source.store?.create(clock);
  try {
    return await source.load();
  } catch (error) {
    if (!(error instanceof KeyringMissing)) throw error;
    throw new KeyringFault('it is missing, but the database is there; bring the keyring back from its backup');
  }
}
