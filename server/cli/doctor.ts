// Owns looking at everything the server needs. It changes none of it: pointed at the wrong folder it makes no
// keyring there, and it migrates nothing.

import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { openFileBlobs } from '../blobs/files.ts';
import { loadConfig, readEnvironment } from '../config.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../core/clock.ts';
import { loadKeyring } from '../crypto/keyring-file.ts';
import { checkDatabase, openDatabase } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { operatorWords } from '../operator-words.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { print, tell } from './with-store.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check settings, keyring, database, blobs and queue')
    .action(() => tell(async () => examine(loadConfig(readEnvironment().env))));
}

async function examine(config: Config): Promise<void> {
  const keyringFile = config.keyring.kind === 'file' ? config.keyring.file : '';
  const databaseFile = config.database.kind === 'sqlite' ? config.database.file : '';
  const blobsDir = config.blobs.kind === 'files' ? config.blobs.folder : '';
  await look('settings', async () =>
    config.tryOut ? 'try-out mode: mail stays in the local mailbox' : 'ready for production',
  );
  await look('keyring', async () => {
    await checkThere(keyringFile);
    const keyring = await loadKeyring(keyringFile);
    return `${keyring.keyIds().length} keys; ${keyring.currentKeyId} seals new messages`;
  });
  await look('database', () =>
    withDatabase(databaseFile, async (db) => {
      await checkDatabase(db);
      const pending = await pendingMigrations(db);
      if (pending.length > 0) throw new Finding(`run sealpost migrate (${pending.join(', ')})`);
      return 'up to date';
    }),
  );
  await look('blobs', async () => {
    await checkThere(blobsDir);
    await (await openFileBlobs(blobsDir)).check();
    return 'can be written';
  });
  await look('queue', () =>
    withDatabase(databaseFile, async (db) => {
      const seconds = Math.round((await queueAgeMs(db, systemClock)) / 1000);
      return `oldest due job waits ${seconds} s`;
    }),
  );
}

/** What is wrong, in words for the operator. */
class Finding extends Error {}

async function look(name: string, check: () => Promise<string>): Promise<void> {
  try {
    print(`ok      ${name.padEnd(9)} ${await check()}`);
  } catch (error) {
    process.exitCode = 1;
    print(`failed  ${name.padEnd(9)} ${wordsFor(error)}`);
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof Finding) return error.message;
  return operatorWords(error) ?? (error instanceof Error && 'code' in error ? String(error.code) : String(error));
}

async function checkThere(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    throw new Finding(`${path} is not there, or not for this user; sealpost start makes it`);
  }
}

async function withDatabase(file: string, work: (db: Db) => Promise<string>): Promise<string> {
  await checkThere(file);
  const db = openDatabase({ kind: 'sqlite', file });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
