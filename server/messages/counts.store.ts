// Owns how many messages there are, and how many were. Each goes through an index or the table: for reports, not for pages that
// are looked at all day.

import type { Db } from '../db/engine.ts';

/** Those that are sealed here now. */
export async function countHeldMessages(db: Db): Promise<number> {
  const row = await db
    .selectFrom('messages')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('destroyed_at', 'is', null)
    .executeTakeFirst();
  return row?.count ?? 0;
}

/** Those of which nothing but a signed tombstone is left. */
export async function countDestroyed(db: Db): Promise<number> {
  const row = await db
    .selectFrom('tombstones')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirst();
  return row?.count ?? 0;
}
