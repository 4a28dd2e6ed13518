// Owns how SQLite is driven: one connection writes, in turns that share commits (group-commit.ts); another reads what
// is committed and waits for nobody. Statements are prepared once. It is the only file that knows better-sqlite3.

import Database from 'better-sqlite3';
import { SqliteAdapter, SqliteDialect } from 'kysely';
import type { CompiledQuery, DatabaseConnection, DialectAdapter, Driver, QueryResult } from 'kysely';
import { GroupCommit } from './group-commit.ts';
import type { Turn } from './group-commit.ts';

const BUSY_WAIT_MS = 5_000;
const STATEMENTS_KEPT_MAX = 500;
const CACHE_KIB = 16 * 1024;
/** 16 MiB of write-ahead log. A checkpoint writes each page once, however often it changed since the last. */
const CHECKPOINT_PAGES = 4_096;

/** A Kysely dialect for the SQLite file at this path, which is made when it is not there. */
export function sqliteDialect(file: string): SqliteDialect {
  return new TwoConnectionDialect(file);
}

class TwoConnectionDialect extends SqliteDialect {
  readonly #file: string;
  readonly #adapter = new OwnAdapter();

  constructor(file: string) {
    super({ database: () => Promise.reject(new Error('this driver opens its own connections')) });
    this.#file = file;
  }

  override createDriver(): Driver {
    return new TwoConnectionDriver(this.#file, this.#adapter);
  }

  override createAdapter(): DialectAdapter {
    return this.#adapter;
  }
}

export class OwnAdapter extends SqliteAdapter {
  /** While the database is open. */
  reading: Handle | undefined;

  /** The rows of a query that only reads, at once; undefined for another, and while the database is not open. */
  readNow<Row>({ sql, parameters }: CompiledQuery): Row[] | undefined {
    return this.reading?.isReading(sql) === true ? this.reading.rows(sql, parameters) : undefined;
  }

  // SQLite can undo a `create table`, so that a migration that fails leaves nothing behind.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class TwoConnectionDriver implements Driver {
  readonly #file: string;
  readonly #adapter: OwnAdapter;
  #open: { readonly writing: Handle; readonly reading: Handle; readonly turns: GroupCommit } | undefined;

  constructor(file: string, adapter: OwnAdapter) {
    this.#file = file;
    this.#adapter = adapter;
  }

  init(): Promise<void> {
    const writing = openWriting(this.#file);
    // A database in memory has one connection only.
    const reading = this.#file === ':memory:' ? writing : openReading(this.#file);
    this.#open = { writing, reading, turns: new GroupCommit(writing) };
    this.#adapter.reading = reading;
    return Promise.resolve();
  }

  acquireConnection(): Promise<Connection> {
    if (this.#open === undefined) throw new Error('the database is not open');
    return Promise.resolve(new Connection(this.#open.writing, this.#open.reading, this.#open.turns));
  }

  // Kysely hands back what `acquireConnection` gave.
  beginTransaction(connection: DatabaseConnection): Promise<void> {
    return own(connection).begin();
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return own(connection).commit();
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    own(connection).rollback();
    return Promise.resolve();
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    this.#adapter.reading = undefined;
    this.#open?.turns.close();
    this.#open?.reading.database.close();
    this.#open?.writing.database.close();
    return Promise.resolve();
  }
}

function own(connection: DatabaseConnection): Connection {
  if (connection instanceof Connection) return connection;
  throw new TypeError('a connection of another driver');
}

/** For one query, or for one transaction. */
class Connection implements DatabaseConnection {
  readonly #writing: Handle;
  readonly #reading: Handle;
  readonly #turns: GroupCommit;
  #turn: Turn | undefined;

  constructor(writing: Handle, reading: Handle, turns: GroupCommit) {
    this.#writing = writing;
    this.#reading = reading;
    this.#turns = turns;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#turn !== undefined) {
      // SQLite ended it by itself, on a full disk say: what comes now would be kept though the rest is not.
      if (!this.#writing.inTransaction) throw new Error('the transaction was lost');
      try {
        return this.#writing.run<R>(query);
      } catch (error) {
        this.#turn.failed(error);
        throw error;
      }
    }
    if (this.#reading.isReading(query.sql)) return this.#reading.run<R>(query);
    if (isPragma(query.sql)) return this.#turns.alone(() => this.#writing.run<R>(query));
    await this.begin();
    try {
      const result = this.#writing.run<R>(query);
      await this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('what grows is read in pages');
  }

  async begin(): Promise<void> {
    this.#turn = await this.#turns.begin();
  }

  async commit(): Promise<void> {
    const turn = this.#turn;
    if (turn === undefined) throw new Error('no transaction to commit');
    this.#turn = undefined;
    await turn.commit();
  }

  /** Nothing, when a commit failed: it took everything with it. */
  rollback(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.rollback();
  }
}

/** One of SQLite's connections, with its prepared statements. */
class Handle {
  readonly database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.database = database;
  }

  get inTransaction(): boolean {
    return this.database.inTransaction;
  }

  exec(sql: string): void {
    this.#statement(sql).run();
  }

  isReading(sql: string): boolean {
    return !isPragma(sql) && this.#statement(sql).readonly;
  }

  rows<R>(sql: string, parameters: readonly unknown[]): R[] {
    // Kysely knows the row's type from the query it compiled.
    return this.#statement(sql).all(...parameters) as R[];
  }

  run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.#statement(sql);
    if (statement.reader) return { rows: this.rows(sql, parameters) };
    const { changes } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    // Lists of every length make statements of their own; the few that matter are soon here again.
    if (this.#statements.size >= STATEMENTS_KEPT_MAX) this.#statements.clear();
    const statement = this.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

// Some pragmas change the file, whatever SQLite says of them.
function isPragma(sql: string): boolean {
  return sql.startsWith('pragma ');
}

function openWriting(file: string): Handle {
  const database = new Database(file);
  database.pragma(`busy_timeout = ${BUSY_WAIT_MS}`);
  database.pragma('journal_mode = WAL');
  // FULL: what was answered 250 survives the loss of power. NORMAL loses the last commits.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // A destroyed key must not lie on in a free page.
  database.pragma('secure_delete = ON');
  // What a savepoint may have to undo is kept in memory: SQLite would otherwise write every page twice, the second time
  // into a file that nobody ever reads.
  database.pragma('temp_store = MEMORY');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  // From here on whoever writes waits in group-commit.ts.
  database.pragma('busy_timeout = 0');
  return new Handle(database);
}

function openReading(file: string): Handle {
  const database = new Database(file);
  database.pragma('query_only = ON');
  database.pragma(`busy_timeout = ${BUSY_WAIT_MS}`);
  return new Handle(database);
}
