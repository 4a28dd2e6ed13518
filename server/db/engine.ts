// Owns the choice and the set-up of the database engine. Everything else speaks Kysely through `Db` and
// `Tx`. It knows no table's meaning.

import Database from 'better-sqlite3';
import { CompiledQuery, Kysely, SqliteDialect, SqliteDriver, sql } from 'kysely';
import type { DatabaseConnection, Driver, SqliteDialectConfig, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** The database, outside of any transaction. Functions that write more than one row take a `Tx`. */
export type Db = Kysely<Tables>;
/** A transaction under way. */
export type Tx = Transaction<Tables>;

const BUSY_WAIT_MS = 5_000;

/** Opens (and creates) the SQLite file. `:memory:` is not for production: it cannot be shared. */
export function openSqlite(file: string): Db {
  return new Kysely<Tables>({
    dialect: new ImmediateSqliteDialect({ database: async () => openFile(file) }),
  });
}

export type DatabaseSource =
  { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

export function openDatabase(source: DatabaseSource): Db {
  if (source.kind === 'sqlite') return openSqlite(source.file);
  throw new Error('postgres');
}

/**
 * Waits its turn for what `name` stands for, until the transaction ends: two transactions that hold the same lock
 * follow one another. SQLite's transactions do so anyway.
 */
export async function holdLock(_tx: Tx, _name: string): Promise<void> {}

function openFile(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // FULL: what was answered 250 survives the loss of power. NORMAL loses the last commits.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // A destroyed key must not lie on in a free page.
  database.pragma('secure_delete = ON');
  database.pragma(`busy_timeout = ${BUSY_WAIT_MS}`);
  return database;
}

/** Runs `work` in one transaction; it commits when the promise resolves and rolls back when it rejects. */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(work);
}

/** One trivial question, for readiness probes. */
export async function checkDatabase(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}

/** Folds the write-ahead log back and empties it, so that overwritten bytes do not lie on in it. */
export async function checkpoint(db: Db): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
}

// A transaction that reads first and writes after another process wrote fails at once with
// SQLITE_BUSY_SNAPSHOT, whatever the busy timeout; so each one takes the write lock at its start.
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#config);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}
