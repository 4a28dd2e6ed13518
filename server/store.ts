// Owns opening what the settings name: keyring, database, blobs. The server and each command of the
// operator's command line begin here.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NoDatabase, checkNotLost, stageOf } from './beginning.ts';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import { makeFolder } from './core/make-folder.ts';
import { openBlobs } from './blobs/open.ts';
import { keyringSource, openKeyring } from './keyring-source.ts';
import type { Keyring } from './crypto/keyring.ts';
import { createSigner } from './crypto/signing-key.ts';
import type { Signer } from './crypto/signing-key.ts';
import { openDatabase } from './db/engine.ts';
import type { Db } from './db/engine.ts';
import type { KeyringSource } from './keys/source.ts';
import type { Vault } from './messages/seal.ts';
import { witnessFile } from './shredding/witness-file.ts';
import { createWitness } from './shredding/witness.ts';
import type { Witness } from './shredding/witness.ts';

export interface Store {
  readonly db: Db;
  readonly keyring: Keyring;
  /** Where it comes from, and may have changed. */
  readonly keyringSource: KeyringSource;
  readonly vault: Vault;
  readonly signer: Signer;
  /** What outlives the database. */
  readonly witness: Witness;
  /** Folder for mails too large for memory while they are read. */
  readonly spoolDir: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Whether to begin where there is no database yet. Those who only ask something do not. */
  readonly mayBegin?: boolean;
}

/**
 * Creates what is missing on the very first start: folders and the keyring. Migrates nothing. Throws
 * KeyringFault when there is a database but no keyring: a new one could open nothing of it, and would
 * seal what comes beside it; and DatabaseLost when it is the other way round.
 */
export async function openStore(config: Config, clock: Clock, { mayBegin = true }: OpenOptions = {}): Promise<Store> {
  const spoolDir = join(config.dataDir, 'spool');
  const { database } = config;
  // Also a file without a byte: nobody but a database puts one there.
  const isFileThere = database.kind === 'sqlite' && existsSync(database.file);
  const db = openDatabase(database);
  try {
    const stage = await stageOf(config, db);
    if (stage !== 'begun') await checkNotLost(config, db);
    if (stage === 'new' && !mayBegin) throw new NoDatabase(config);
    await makeFolder(spoolDir);
    const source = keyringSource(config);
    const keyring = await openKeyring(source, clock, async () => isFileThere || stage === 'begun');
    const blobs = await openBlobs(config.blobs, config.s3Credentials);
    const signer = createSigner(keyring);
    return {
      db,
      keyring,
      keyringSource: source,
      vault: { keyring, blobs, clock, auditNetworks: config.audit.networks },
      signer,
      witness: createWitness(witnessFile(config.witness), signer),
      spoolDir,
      close: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}
