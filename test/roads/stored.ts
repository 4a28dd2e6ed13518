// Owns looking at all that a program has stored, from outside it: how many rows each table has and which files
// lie in its folder. What was refused must leave both as they were.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface Stored {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Paths within the data folder. */
  readonly files: readonly string[];
}

/** `except`: tables that may change. */
export async function storedIn(dataDir: string, except: readonly string[] = []): Promise<Stored> {
  return { rows: countRows(dataDir, except), files: await filesIn(dataDir) };
}

/** Read by a connection of its own, so that only what was committed counts. */
function countRows(dataDir: string, except: readonly string[]): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const name of tableNames(dataDir)) {
    if (!except.includes(name)) rows[name] = rowsOf(dataDir, name);
  }
  return rows;
}

export function rowsOf(dataDir: string, table: string): number {
  return Number(withDatabase(dataDir, (database) => database.prepare(`select count(*) from "${table}"`).pluck().get()));
}

/** The database as another process sees it. */
export function withDatabase<T>(dataDir: string, work: (database: Database.Database) => T): T {
  const database = new Database(join(dataDir, 'sealpost.db'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function tableNames(dataDir: string): string[] {
  const select = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name";
  return withDatabase(dataDir, (database) => database.prepare(select).pluck().all().map(String));
}

// The engine's own files come and go.
const ENGINE_FILE = /-(?:wal|shm|journal)$/;

export async function filesIn(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !ENGINE_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
    .sort();
}
