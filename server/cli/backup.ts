// Owns the commands about backups: one file out of a running server, and back into an empty place.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { backUp } from '../backup/back-up.ts';
import { BackupFault } from '../backup/backup-fault.ts';
import { emptyFolder, emptyStore } from '../backup/empty-blobs.ts';
import type { EmptyBlobs } from '../backup/empty-blobs.ts';
import { restore } from '../backup/restore.ts';
import { openBlobs } from '../blobs/open.ts';
import { systemClock } from '../core/clock.ts';
import { loadConfig, readEnvironment } from '../config.ts';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { openDatabase } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { checkKeyring } from '../keys/check-keyring.ts';
import { KeyringMissing } from '../keys/source.ts';
import { keyringSource } from '../keyring-source.ts';
import { blobsThere, keyringThere, withDatabaseThere } from './what-is-there.ts';
import { print, tell } from './with-store.ts';

export function registerBackup(program: Command): void {
  program
    .command('backup')
    .argument('<file>', 'the backup to make; it must not be there yet')
    .description('Back up database and blobs into one file while the server runs; never the keyring')
    .action((file: string) => tell(() => makeBackup(loadConfig(readEnvironment().env), named(file))));

  program
    .command('restore')
    .argument('<file>', 'a file that backup made')
    .description('Bring a backup back into an empty place')
    .action((file: string) => tell(() => bringBack(loadConfig(readEnvironment().env), named(file))));
}

function named(file: string): string {
  if (file.trim() === '') throw new BackupFault('The file of the backup has no name.');
  return resolve(file);
}

async function makeBackup(config: Config, file: string): Promise<void> {
  const databaseFile = sqliteFile(config);
  const keyring = await keyringThere(config);
  const blobs = await blobsThere(config);
  const made = await withDatabaseThere(config, async (db) => {
    await checkFits(db, keyring);
    return backUp({ databaseFile, db, blobs, keyIds: keyring.keyIds(), clock: systemClock }, file);
  });
  print(`${file} holds the database and ${made.blobs} blobs (${made.bytes} bytes).`);
  if (made.leftOut > 0) print(`${made.leftOut} blobs of messages that were shredded meanwhile are left out.`);
  print(`The keyring is not in it: keep a copy of ${keyringPlace(config)} apart from it, or nothing in it opens.`);
  print(`Nor is the witness, which knows what is shredded later: keep a copy of ${config.witness} apart as well.`);
}

async function bringBack(config: Config, file: string): Promise<void> {
  const databaseFile = sqliteFile(config);
  const keyring = await keyringIfThere(config);
  const restored = await restore(
    {
      databaseFile,
      blobs: await emptyBlobs(config),
      checkDatabase: async (staged) => {
        if (keyring !== undefined) await checkFileFits(staged, keyring);
      },
    },
    file,
  );
  print(`The database and ${restored.blobs} blobs are back as they were at ${restored.createdAt}.`);
  print(
    keyring === undefined
      ? `Bring the keyring to ${keyringPlace(config)} before the start; it is the one with ${restored.keyIds.join(', ')}.`
      : 'The keyring that is there opens them.',
  );
  print(
    existsSync(config.witness)
      ? 'The next start shreds again what the witness knows to have been shredded since.'
      : `Bring the witness to ${config.witness} before the start, or what was shredded since can be read again.`,
  );
}

async function checkFileFits(databaseFile: string, keyring: Keyring): Promise<void> {
  const db = openDatabase({ kind: 'sqlite', file: databaseFile });
  try {
    await checkFits(db, keyring);
  } finally {
    await db.destroy();
  }
}

async function checkFits(db: Db, keyring: Keyring): Promise<void> {
  // The check value came with the last migration; an older database is looked at by the start.
  if ((await pendingMigrations(db)).length === 0) await checkKeyring(db, keyring);
}

async function keyringIfThere(config: Config): Promise<Keyring | undefined> {
  try {
    return await keyringSource(config).load();
  } catch (error) {
    if (error instanceof KeyringMissing) return undefined;
    throw error;
  }
}

async function emptyBlobs({ blobs, s3Credentials }: Config): Promise<EmptyBlobs> {
  if (blobs.kind === 'files') return emptyFolder(blobs.folder);
  return emptyStore(await openBlobs(blobs, s3Credentials), `s3://${blobs.bucket}/${blobs.prefix}`);
}

function keyringPlace({ keyring, dataDir }: Config): string {
  if (keyring.kind === 'file') return keyring.file;
  return keyring.kind === 'exec' ? `what ${keyring.command} prints` : `${dataDir}/keyring.vault and its key in Vault`;
}

function sqliteFile({ database, blobs }: Config): string {
  if (database.kind === 'sqlite') return database.file;
  const place = blobs.kind === 'files' ? `the folder ${blobs.folder}` : `s3://${blobs.bucket}/${blobs.prefix}`;
  throw new BackupFault(
    `The database is PostgreSQL: back it up by pg_dump, and after that copy ${place}. What the dump names is there then.`,
  );
}
