// Owns opening what the settings name for commands that only look: nothing is made, nothing migrated, and pointed at
// the wrong folder they find nothing there.

import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { leftBehind, stageOf } from '../beginning.ts';
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
    const what = config.keyring.kind === 'file' ? config.keyring.file : 'The keyring';
    throw notThere(what, (await isBegun(config)) ? 'bring it back from its copy' : MADE_BY_START);
  }
}

export async function blobsThere(config: Config): Promise<Blobs> {
  const { blobs, s3Credentials } = config;
  if (blobs.kind === 'files' && !(await isThere(blobs.folder))) {
    throw notThere(blobs.folder, (await isBegun(config)) ? 'bring it back, or restore a backup' : MADE_BY_START);
  }
  return openBlobs(blobs, s3Credentials);
}

/** Runs `work` on the database as it is, be it up to date or not. */
export async function withDatabaseThere<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const { database } = config;
  if (database.kind === 'sqlite' && !(await isThere(database.file))) {
    const isLost = (await leftBehind(config)).length > 0;
    throw notThere(database.file, isLost ? 'bring it back, or restore a backup' : MADE_BY_START);
  }
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

const MADE_BY_START = 'sealpost start makes it';

/** Whether a start would refuse to make what is missing. */
async function isBegun(config: Config): Promise<boolean> {
  if (config.database.kind === 'sqlite') return existsSync(config.database.file);
  const db = openDatabase(config.database);
  try {
    return (await stageOf(config, db)) === 'begun';
  } finally {
    await db.destroy();
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function notThere(what: string, cure: string): AppError {
  return new AppError('request/not-found', `${what} is not there, or not for this user; ${cure}`);
}
