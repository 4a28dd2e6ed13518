// Owns how far the store's database has come, and that a lost one is never taken for a new beginning: what it left, its
// witness and its sealed files, would be forgotten and swept away.

import { existsSync, statSync } from 'node:fs';
import { loadAuditHead } from './audit/audit-head.store.ts';
import { openBlobs } from './blobs/open.ts';
import type { Config } from './config.ts';
import type { Db } from './db/engine.ts';
import { hasKeyring } from './keys/key-marks.ts';
import { witnessFile } from './shredding/witness-file.ts';

/** `new`: nothing, or no tables; `empty`: tables without a past; `begun`: it has met its keyring, or something happened. */
export type Stage = 'new' | 'empty' | 'begun';

/** The database is not there, and what an earlier one left is. */
export class DatabaseLost extends Error {
  constructor(config: Config, left: readonly string[]) {
    super(
      `${databaseName(config)}, but something is left of an earlier one: ${left.join(', ')}. Bring that database ` +
        'back, or move the sealed files aside and restore a backup. Only for a new beginning move all of it away.',
    );
    this.name = 'DatabaseLost';
  }
}

/** There is no database yet, and what was asked for is no reason to make one. */
export class NoDatabase extends Error {
  constructor(config: Config) {
    const setting = config.database.kind === 'sqlite' ? 'DATA_DIR and DATABASE_URL' : 'DATABASE_URL';
    super(`${databaseName(config)}. Look at ${setting}; a new one is made by: npx sealpost start`);
    this.name = 'NoDatabase';
  }
}

/** Makes no file: a database that is none is not opened. */
export async function stageOf({ database }: Config, db: Db): Promise<Stage> {
  if (database.kind === 'sqlite' && !holdsBytes(database.file)) return 'new';
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  if (!tables.includes('audit')) return 'new';
  // The check of the keyring is younger than the audit log.
  const isBegun = (await hasKeyring(db)) || (await loadAuditHead(db)) !== undefined;
  return isBegun ? 'begun' : 'empty';
}

/** What an earlier database has left, in words; it is none of a database that is only beginning. */
export async function leftBehind({ blobs, s3Credentials, witness }: Config): Promise<string[]> {
  const left: string[] = [];
  const lines = await witnessFile(witness).read();
  if (lines !== undefined && lines.length > 0) left.push(`the witness ${witness}`);
  const place = blobs.kind === 'files' ? blobs.folder : `s3://${blobs.bucket}/${blobs.prefix}`;
  if (blobs.kind === 'files' && !existsSync(blobs.folder)) return left;
  const { ids } = await (await openBlobs(blobs, s3Credentials)).list();
  if (ids.length > 0) left.push(`sealed files in ${place}`);
  return left;
}

/** @throws {DatabaseLost} */
export async function checkNotLost(config: Config, db: Db): Promise<void> {
  const left = await leftBehind(config);
  // Asked again: another process may have begun it meanwhile.
  if (left.length > 0 && (await stageOf(config, db)) !== 'begun') throw new DatabaseLost(config, left);
}

function databaseName({ database }: Config): string {
  return database.kind === 'sqlite'
    ? `There is no database in ${database.file}`
    : 'DATABASE_URL names a PostgreSQL database with nothing in it';
}

function holdsBytes(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
