// Owns telling a full disk from every other fault, whoever met it: a file, SQLite, PostgreSQL or an object store.

import { sentence } from '../language/words.ts';
import { AppError, causesOf } from './errors.ts';

const FULL: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'SQLITE_FULL',
  // SQLite's shared memory lies in a file beside the database.
  'SQLITE_IOERR_SHMSIZE',
  '53100', // PostgreSQL: disk_full
]);

export function storageFull(detail?: string): AppError {
  return new AppError(
    'server/storage-full',
    sentence('problem.storage-full-means'),
    detail === undefined ? {} : { detail },
  );
}

/** The refusal that a fault means, when it means that there is no room. */
export function asStorageFull(error: unknown): AppError | undefined {
  for (const cause of causesOf(error)) {
    if (cause instanceof AppError && cause.code === 'server/storage-full') return cause;
    if ('code' in cause && FULL.has(cause.code)) return storageFull(String(cause.code));
  }
  return undefined;
}
