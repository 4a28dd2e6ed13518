// Owns counting messages by the protection they bear, over a bounded stretch of the newest.

import { firstIdAt } from '../core/ids.ts';
import type { Db } from '../db/engine.ts';

export interface ByProtection {
  readonly counts: ReadonlyMap<string, number>;
  /** How many were looked at. */
  readonly looked: number;
}

/** Of those since a moment, the newest `most`. */
export async function countByProtection(db: Db, sinceMs: number, most: number): Promise<ByProtection> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('messages')
        .select('protection')
        .where('id', '>=', firstIdAt(sinceMs))
        .orderBy('id', 'desc')
        .limit(most)
        .as('newest'),
    )
    .select((eb) => ['protection', eb.fn.countAll<number>().as('count')])
    .groupBy('protection')
    .execute();
  const counts = new Map(rows.map(({ protection, count }) => [protection, count]));
  return { counts, looked: rows.reduce((sum, { count }) => sum + count, 0) };
}
