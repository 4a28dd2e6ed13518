// Owns removing rows whose time is over, some at a time.

import { sql } from 'kysely';
import type { Db } from './engine.ts';
import type { Tables } from './tables.ts';

/** Where they stand: the table, what tells its rows apart, and the column that says until when each is kept. */
type Place = {
  [Name in keyof Tables]: {
    readonly table: Name;
    readonly key: keyof Tables[Name] & string;
    readonly end: keyof Tables[Name] & string;
  };
}[keyof Tables];

/** Removes up to `most` that end at `until` or before, which is written as the column is. @returns how many. */
export async function sweepRows(db: Db, { table, key, end }: Place, until: string, most: number): Promise<number> {
  const from = sql.table(table);
  const isOver = sql`${sql.ref(end)} <= ${until}`;
  // Asked again of each: it may have been given more time since it was found.
  const { numAffectedRows = 0n } = await sql`
    delete from ${from} where ${sql.ref(key)} in (select ${sql.ref(key)} from ${from} where ${isOver} limit ${most}) and ${isOver}
  `.execute(db);
  return Number(numAffectedRows);
}
