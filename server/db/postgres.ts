// Owns how PostgreSQL is driven, and is the only file that knows pg.

import { PostgresDialect } from 'kysely';
import type { ClientBase, Pool } from 'pg';

const CONNECTIONS_MAX = 10;
const CONNECT_MS = 5_000;
const IDLE_MS = 60_000;
/** No query of ours takes long; one that does is cut, and its caller may try again. */
const QUERY_MS = 60_000;
/** A transaction of ours waits for nothing but the database, and others wait for its locks: the audit log's above all. */
const IDLE_IN_TRANSACTION_MS = 5_000;
/**
 * Shorter, so that a machine that stands still is out of the queue for a lock by the time it loses the one it holds;
 * otherwise each of its transactions would come by the lock in turn and hold it up once more.
 */
const LOCK_MS = 2_000;

// What a connection begins with. A commit that was answered must be on the disk, whatever the server's own default; a
// process that was stopped in the middle of a transaction must not hold its locks for ever.
const SESSION_SQL = [
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')",
  `set statement_timeout = ${QUERY_MS}`,
  `set lock_timeout = ${LOCK_MS}`,
  `set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
];

/** A Kysely dialect for `postgres://user:password@host/name`. Connections are made as they are needed. */
export function postgresDialect(url: string): PostgresDialect {
  return new PostgresDialect({ pool: () => openPool(url) });
}

async function openPool(url: string): Promise<Pool> {
  // Loaded here, since most servers have no PostgreSQL.
  const { default: pg } = await import('pg');
  const int8: number = pg.types.builtins.INT8;
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    // The server may be gone without a word: a query that is not answered is not waited for.
    query_timeout: QUERY_MS + CONNECT_MS,
    keepAlive: true,
    // Here and not in Kysely's hook: a connection that is lost during it would keep its place in the pool for ever.
    onConnect: setUp,
    types: {
      // int8 comes as text by itself, and so would every count; none of ours is beyond what a number holds.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 ? toInteger : (pg.types.getTypeParser(oid, format ?? 'text') as (value: string) => unknown),
    },
  });
  // A connection lost while nobody uses it is made anew by whoever needs it next.
  pool.on('error', () => undefined);
  // One lost under its user is an error of the user's query; without a listener of its own it would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

async function setUp(connection: ClientBase): Promise<void> {
  for (const statement of SESSION_SQL) await connection.query(statement);
}

function toInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an integer beyond 2^53');
  return value;
}
