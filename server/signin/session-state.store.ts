// Owns asking, in the middle of an answer, whether its session still stands: one row, nothing opened, nothing touched.

import type { Db } from '../db/engine.ts';

/** Of a session that was living when the answer began. Who still reads is not idle. */
export async function isSessionOpen(db: Db, tokenHash: string, now: string): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .select('token_hash')
    .where('token_hash', '=', tokenHash)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}
