// Owns asking SQLite whether its own file is whole: pages, indexes, constraints. PostgreSQL has checksums of its own.

import { sql } from 'kysely';
import { hasCode } from '../core/errors.ts';
import { isPostgres } from './engine.ts';
import type { Db } from './engine.ts';

/** Up to `most` of what is wrong, in SQLite's words, which name pages and tables and nothing that is in them. */
export async function integrityFaults(db: Db, most: number): Promise<string[]> {
  if (isPostgres(db)) return [];
  try {
    const check = sql.raw<{ integrity_check: string }>(`pragma integrity_check(${most})`);
    const { rows } = await check.execute(db);
    const lines = rows.flatMap((row) => row.integrity_check.split('\n'));
    return lines.filter((line) => line !== 'ok' && !line.startsWith('***')).slice(0, most);
  } catch (error) {
    if (hasCode(error, 'SQLITE_CORRUPT', 'SQLITE_CORRUPT_INDEX', 'SQLITE_NOTADB')) return ['cannot be read'];
    throw error;
  }
}
