// Owns finding the messages whose readers are to be reminded, and that each is taken once.

import { sql } from 'kysely';
import type { Db, Tx } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';

export interface NearEnd {
  readonly brand: string;
  /** The last day lies after this time … */
  readonly after: string;
  /** … and not after this one. */
  readonly until: string;
  readonly createdBefore: string;
  readonly most: number;
}

/** Not taken yet, those that end soonest first. */
export function listNearEnd(db: Db, near: NearEnd): Promise<MessagesTable[]> {
  return (
    db
      .selectFrom('messages')
      .selectAll()
      .where('brand', '=', near.brand)
      .where('expires_at', '>', near.after)
      .where('expires_at', '<=', near.until)
      .where('created_at', '<=', near.createdBefore)
      // In these words both engines know that the index of what waits for it will do.
      .where(sql<boolean>`destroyed_at is null and reminded_at is null`)
      .orderBy('expires_at')
      .limit(near.most)
      .execute()
  );
}

/** @returns whether this call was the one. */
export async function takeForReminding(tx: Tx, messageId: string, now: string): Promise<boolean> {
  const taken = await tx
    .updateTable('messages')
    .set({ reminded_at: now })
    .where('id', '=', messageId)
    .where('reminded_at', 'is', null)
    .where('destroyed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return taken !== undefined;
}
