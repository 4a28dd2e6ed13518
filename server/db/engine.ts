// Owns the choice of the database engine and what differs between the two for everybody else, who speaks Kysely
// through `Db` and `Tx`. It knows no table's meaning.

import { Kysely, PostgresAdapter, sql } from 'kysely';
import type { Transaction } from 'kysely';
import { hasCode } from '../core/errors.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** The database, outside of any transaction. Functions that write more than one row take a `Tx`. */
export type Db = Kysely<Tables>;
/** A transaction under way. */
export type Tx = Transaction<Tables>;

export type DatabaseSource =
  { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** Opens the database; SQLite's file is made when it is not there. PostgreSQL is first spoken to by the first query. */
export function openDatabase(source: DatabaseSource): Db {
  return new Kysely<Tables>({
    dialect: source.kind === 'sqlite' ? sqliteDialect(source.file) : postgresDialect(source.url),
  });
}

// A process that stands still holds its locks until PostgreSQL ends its transaction; that takes less than these tries.
const TRIES_MAX = 10;

/** The connection ended between a commit and its answer: nobody can say whether what was written is there. */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super('the database did not answer a commit', { cause });
    this.name = 'CommitUnknown';
  }
}

/**
 * Runs `work` in one transaction; it commits when the promise resolves and rolls back when it rejects. PostgreSQL
 * ends one that has waited for a lock too long, or for one that waits for it: that one runs again, so `work` changes
 * nothing but rows. @throws {CommitUnknown}
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    let isWorkDone = false;
    try {
      return await db.transaction().execute(async (tx) => {
        const result = await work(tx);
        isWorkDone = true;
        return result;
      });
    } catch (error) {
      // SQLite undoes what it could not commit; PostgreSQL may have committed it before it was lost.
      if (isWorkDone && isPostgres(db)) throw new CommitUnknown(error);
      if (tries === TRIES_MAX || !isLockTrouble(error)) throw error;
    }
  }
}

/**
 * Waits its turn for what `name` stands for, until the transaction ends: transactions that hold the same lock follow
 * one another. On SQLite all transactions do.
 */
export async function holdLock(tx: Tx, name: string): Promise<void> {
  if (isPostgres(tx)) await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

/** One trivial question, for readiness probes. */
export async function checkDatabase(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}

/** What the database server's clock says, in milliseconds since the epoch; undefined for a file on this machine. */
export async function databaseTimeMs(db: Db): Promise<number | undefined> {
  if (!isPostgres(db)) return undefined;
  const { rows } = await sql<{
    ms: number;
  }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`.execute(db);
  return rows[0]?.ms;
}

/**
 * Folds SQLite's write-ahead log back and empties it, so that overwritten bytes do not lie on in it. PostgreSQL
 * recycles its log by itself. @returns whether it is empty: somebody who reads for long, or writes now, keeps it.
 */
export async function checkpoint(db: Db): Promise<boolean> {
  if (isPostgres(db)) return true;
  const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
  return rows[0]?.busy === 0;
}

/** Whether several machines may share this database. */
export function isPostgres(db: Pick<Db, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

// SQLSTATE 40P01 deadlock_detected, 55P03 lock_not_available
function isLockTrouble(error: unknown): boolean {
  return hasCode(error, '40P01', '55P03');
}
