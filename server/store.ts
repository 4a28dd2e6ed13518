// Owns opening what the settings name: keyring, database, blobs. The server and each command of the
// operator's command line begin here.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import { openBlobs } from './blobs/open.ts';
import { openKeyring } from './keyring-source.ts';
import { KeyringFault } from './crypto/keyring-format.ts';
import type { Keyring } from './crypto/keyring.ts';
import { openDatabase } from './db/engine.ts';
import type { Db } from './db/engine.ts';
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
  const { database } = config;
  if (config.keyring.kind === 'file' && database.kind === 'sqlite') {
    if (existsSync(database.file) && !existsSync(config.keyring.file)) {
      throw new KeyringFault('is missing, but the database is there; bring the keyring back from its backup');
    }
  }
  const keyring = await openKeyring(config, clock);
  const blobs = await openBlobs(config.blobs, config.s3Credentials);
  const db = openDatabase(database);
  return { db, keyring, vault: { keyring, blobs, clock }, spoolDir, close: () => db.destroy() };
}
