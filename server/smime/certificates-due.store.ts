// Owns finding the certificates of which something is due: a word to administrators, a question to their authority.

import type { Db } from '../db/engine.ts';

/** Those of which something is to be told by now. */
export async function listToTell(db: Db, now: string, most: number): Promise<string[]> {
  return idsDue(db, 'tell_at', now, most);
}

/** Those whose authority is to be asked by now. */
export async function listToLookAt(db: Db, now: string, most: number): Promise<string[]> {
  return idsDue(db, 'look_at', now, most);
}

async function idsDue(db: Db, column: 'tell_at' | 'look_at', now: string, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('certificates')
    .select('id')
    .where(column, 'is not', null)
    .where(column, '<=', now)
    .orderBy(column)
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** Those approved that end, or ended, between the two moments, the first to end first. */
export async function listEnding(
  db: Db,
  { from, until }: { readonly from: string; readonly until: string },
  most: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('certificates')
    .select('id')
    .where('state', '=', 'approved')
    .where('not_after', '>=', from)
    .where('not_after', '<=', until)
    .orderBy('not_after')
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}
