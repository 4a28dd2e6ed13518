// Owns finding the messages whose readers are to be reminded, and that each is taken once.

import { sql } from 'kysely';
import type { Db, Tx } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';

/** Of a brand, those that have no days of their own; or those that have so many. */
export type Group = { readonly brand: string } | { readonly days: number };

export interface NearEnd {
  readonly group: Group;
  /** The last day lies after this time … */
  readonly after: string;
  /** … and not after this one. */
  readonly until: string;
  /** Taken in, and let go where it was held, not after this time. */
  readonly toldBefore: string;
  readonly most: number;
}

/** Not taken yet, those that end soonest first. */
export function listNearEnd(db: Db, near: NearEnd): Promise<MessagesTable[]> {
  return (
    db
      .selectFrom('messages')
      .selectAll()
      .where('expires_at', '>', near.after)
      .where('expires_at', '<=', near.until)
      .where('created_at', '<=', near.toldBefore)
      // Nobody has been told of what is held; it is asked for again once it is let go.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('held_recipients')
              .select('held_recipients.id')
              .whereRef('held_recipients.message_id', '=', 'messages.id'),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('holds')
              .select('holds.id')
              .whereRef('holds.message_id', '=', 'messages.id')
              .where('holds.answered_at', '>', near.toldBefore),
          ),
        ),
      )
      // In these words both engines know that the index of what waits for it will do.
      .where(sql<boolean>`destroyed_at is null and reminded_at is null`)
      .where((eb) =>
        'brand' in near.group
          ? eb.and([eb('brand', '=', near.group.brand), sql<boolean>`reminder_days is null`])
          : eb.and([eb('reminder_days', '=', near.group.days), sql<boolean>`reminder_days > 0`]),
      )
      .orderBy('expires_at')
      .limit(near.most)
      .execute()
  );
}

/** The next greater number of days that messages of their own have, and which wait for it. */
export async function nextReminderDays(db: Db, after: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('reminder_days')
    .where(sql<boolean>`destroyed_at is null and reminded_at is null and reminder_days > 0`)
    .where('reminder_days', '>', after)
    .orderBy('reminder_days')
    .limit(1)
    .executeTakeFirst();
  return row?.reminder_days ?? undefined;
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
