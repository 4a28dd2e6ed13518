// Owns opening what the settings name for commands that only look: nothing is made, nothing migrated, and pointed at
// the wrong folder they find nothing there.

import { access } from 'node:fs/promises';
import type { Blobs } from '../blobs/blobs.ts';
import { openBlobs } from '../blobs/open.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { openDatabase } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { keyringSource } from '../keyring-source.ts';
import { isKeyringOf } from '../keys/key-marks.ts';
import { KeyringMissing } from '../keys/source.ts';

/** Each throws AppError for what is not there. */
export async function keyringThere(config: Config): Promise<Keyring> {
  try {
    return await keyringSource(config).load();
  } catch (error) {
    if (!(error instanceof KeyringMissing)) throw error;
    throw notThere(config.keyring.kind === 'file' ? config.keyring.file : 'The keyring');
  }
}

export async function blobsThere({ blobs, s3Credentials }: Config): Promise<Blobs> {
  if (blobs.kind === 'files') await checkThere(blobs.folder);
  return openBlobs(blobs, s3Credentials);
}

/** Runs `work` on the database as it is, be it up to date or not. */
export async function withDatabaseThere<T>({ database }: Config, work: (db: Db) => Promise<T>): Promise<T> {
  if (database.kind === 'sqlite') await checkThere(database.file);
  const db = openDatabase(database);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** Throws unless the database is up to date and this is its keyring, when it has one. */
export async function checkFits(db: Db, keyring: Keyring | undefined): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length > 0) throw new AppError('request/gone', `run sealpost migrate (${pending.join(', ')})`);
  if (keyring !== undefined && (await isKeyringOf(db, keyring)) === false) {
    throw new AppError('request/conflict', 'the keyring is not the one that this database was begun with');
  }
}

async function checkThere(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    throw notThere(path);
  }
}

function notThere(what: string): AppError {
  return new AppError('request/not-found', `${what} is not there, or not for this user; sealpost start makes it`);
}
