// Owns telling weather from faults that stay: a database, an object store or a network that cannot be reached now, or
// has too much to do, and may be there again in a moment. Nothing of what was asked for is wrong.

import { sentence } from '../language/words.ts';
import { AppError, causesOf } from './errors.ts';

const PASSING: ReadonlySet<unknown> = new Set([
  // The network
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // PostgreSQL: SQLSTATE of what it ended, or cannot do for now
  '25006', // read_only_sql_transaction: it is the standby of another
  '25P03', // idle_in_transaction_session_timeout
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled: its time was over
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
]);
// SQLSTATE class 08 (the connection) and 53 (resources) but for a full disk, and SQLite's file that another process holds.
const PASSING_KIND = /^(?:08\w{3}|53[02-9]\w{2}|SQLITE_(?:BUSY|LOCKED)(?:_\w+)?)$/;
// What pg says without a code.
const PASSING_WORDS =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout exceeded when trying to connect)/;

/** The refusal that a fault means, when the same may succeed in a moment. */
export function asWeather(error: unknown): AppError | undefined {
  for (const cause of causesOf(error)) {
    if (cause instanceof AppError && cause.code === 'server/unavailable') return cause;
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    const saysSo = 'passes' in cause && cause.passes === true;
    if (saysSo || PASSING.has(code) || PASSING_KIND.test(code) || PASSING_WORDS.test(cause.message)) {
      return new AppError('server/unavailable', sentence('problem.unavailable-means'));
    }
  }
  return undefined;
}
