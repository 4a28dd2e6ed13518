// Owns what the tests of keys stand on: a database and a keyring file of their own, and the ways to change both.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { isoTime } from '../../server/core/clock.ts';
import { createLog } from '../../server/core/log.ts';
import type { Log } from '../../server/core/log.ts';
import { addKey } from '../../server/crypto/keyring.ts';
import type { Keyring } from '../../server/crypto/keyring.ts';
import { parseKeyringText, formatKeyringText } from '../../server/crypto/keyring-format.ts';
import { openDatabase } from '../../server/db/engine.ts';
import type { Db } from '../../server/db/engine.ts';
import { migrate } from '../../server/db/migrate.ts';
import { openKeyring } from '../../server/keyring-source.ts';
import { changeKeyring } from '../../server/keys/change.ts';
import { fileSource } from '../../server/keys/file-source.ts';
import type { KeyringSource, KeyringStore } from '../../server/keys/source.ts';

export const clock = { nowMs: () => Date.UTC(2026, 10, 21, 8) };

export interface Stage {
  readonly dir: string;
  readonly file: string;
  readonly db: Db;
  /** Lines that were logged. */
  readonly logged: readonly string[];
  readonly log: Log;
  /** Reads the keyring anew, as another process would; makes it the first time. */
  load(): Promise<Keyring>;
  /** Adds a key as the command does. */
  add(): Promise<Keyring>;
  close(): Promise<void>;
}

/** On SQLite, or on this PostgreSQL database. */
export async function setStage(postgresUrl?: string): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'sealpost-keys-'));
  const file = join(dir, 'keyring.json');
  const db = openDatabase(
    postgresUrl === undefined
      ? { kind: 'sqlite', file: join(dir, 'sealpost.db') }
      : { kind: 'postgres', url: postgresUrl },
  );
  await migrate(db);
  const { log, logged } = listeningLog();
  return {
    dir,
    file,
    db,
    log,
    logged,
    load: () => openKeyring(fileSource(file), clock, () => Promise.resolve(false)),
    add: () => changeKeyring(db, storeOf(fileSource(file)), (keyring) => addKey(keyring, clock), nothing),
    close: async () => {
      await db.destroy();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function listeningLog(): { readonly log: Log; readonly logged: readonly string[] } {
  const logged: string[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.push(chunk.toString('utf8'));
      done();
    },
  });
  return { log: createLog({ level: 'debug', pretty: false, output }), logged };
}

export function storeOf(source: KeyringSource): KeyringStore {
  if (source.store === undefined) throw new Error('a keyring that we keep');
  return source.store;
}

/** Makes all keys of the file older, as if they had been added that much earlier. */
export async function ageKeys(file: string, ms: number): Promise<void> {
  const contents = parseKeyringText(await readFile(file, 'utf8'));
  const keys = contents.keys.map((key) => ({ ...key, createdAt: isoTime(Date.parse(key.createdAt) - ms) }));
  await writeFile(file, formatKeyringText({ ...contents, keys }));
}

export async function nothing(): Promise<void> {}
