// Owns bringing the tables up to date. Each migration is one idea and can be run again after a failure.

import { Migrator } from 'kysely';
import type { Db } from './engine.ts';
import { migrations } from './migrations.ts';

/** Runs what is pending. @returns the names of the migrations that ran. */
export async function migrate(db: Db): Promise<string[]> {
  const { error, results } = await migrator(db).migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? []).map((result) => result.migrationName);
}

/** Names of the migrations that have not run yet. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const all = await migrator(db).getMigrations();
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

function migrator(db: Db): Migrator {
  return new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
}
