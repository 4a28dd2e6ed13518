// Owns opening what lies under DATA_DIR: keyring, database, blobs. The server and each command of the
// operator's command line begin here.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import { openFileBlobs } from './blobs/files.ts';
import { loadOrCreateKeyring } from './crypto/keyring-file.ts';
import { KeyringFault } from './crypto/keyring-format.ts';
import type { Keyring } from './crypto/keyring.ts';
import type { Db } from './db/engine.ts';
import { openSqlite } from './db/engine.ts';
import type { Vault } from './messages/seal.ts';

export interface Store {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly vault: Vault;
  /** Folder for mails too large for memory while they are read. */
  readonly spoolDir: string;
  close(): Promise<void>;
}

/**
 * Creates what is missing on the very first start: folders and the keyring. Migrates nothing. Throws
 * KeyringFault when there is a database but no keyring: a new one could open nothing of it, and would
 * seal what comes beside it.
 */
export async function openStore(config: Config, clock: Clock): Promise<Store> {
  const spoolDir = join(config.dataDir, 'spool');
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  await mkdir(spoolDir, { recursive: true, mode: 0o700 });
  if (existsSync(config.databaseFile) && !existsSync(config.keyringFile)) {
    throw new KeyringFault('is missing, but the database is there; bring the keyring back from its backup');
  }
  const keyring = await loadOrCreateKeyring(config.keyringFile, clock);
  const blobs = await openFileBlobs(config.blobsDir);
  const db = openSqlite(config.databaseFile);
  return { db, keyring, vault: { keyring, blobs, clock }, spoolDir, close: () => db.destroy() };
}
