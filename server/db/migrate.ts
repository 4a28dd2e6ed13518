// Owns bringing the tables up to date. Each migration is one idea; all that are pending run in one transaction, under
// a lock, so that of several processes one does it and a failure leaves nothing behind.

import { Migrator } from 'kysely';
import { isPostgres } from './engine.ts';
import type { Db } from './engine.ts';
import { migrations } from './migrations.ts';

/** The tables are older than the program. */
export class MigrationsPending extends Error {
  constructor(names: readonly string[]) {
    super(`The database is not up to date (${names.join(', ')}). Stop all servers and run: npx sealpost migrate`);
    this.name = 'MigrationsPending';
  }
}

/** Runs what is pending. @returns the names of the migrations that ran. */
export async function migrate(db: Db): Promise<string[]> {
  const { error, results } = await migrator(db).migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? []).map((result) => result.migrationName);
}

/**
 * Before anything else is done with the database. A file of our own is brought up to date on the way; a database that
 * other servers may be using is not. Throws MigrationsPending.
 */
export async function ensureMigrated(db: Db): Promise<void> {
  if (!isPostgres(db)) {
    await migrate(db);
    return;
  }
  const pending = await pendingMigrations(db);
  if (pending.length > 0) throw new MigrationsPending(pending);
}

/** Names of the migrations that have not run yet. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const all = await migrator(db).getMigrations();
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

function migrator(db: Db): Migrator {
  return new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
}
