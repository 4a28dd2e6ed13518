// Owns the rows of what was sent to webhooks, and of what came of each try.

import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { newId } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { WebhookDeliveriesTable } from '../db/tables/webhooks.ts';

export interface Attempt {
  readonly at: string;
  readonly outcome: string;
}

export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly event: string;
  readonly body: string;
  readonly state: WebhookDeliveriesTable['state'];
  readonly createdAt: string;
}

export interface ListedDelivery extends Delivery {
  /** The oldest first. */
  readonly attempts: readonly Attempt[];
}

export async function addDelivery(
  clock: Clock,
  tx: Tx,
  { webhookId, event, body }: Pick<Delivery, 'webhookId' | 'event' | 'body'>,
): Promise<string> {
  const id = newId(clock);
  await tx
    .insertInto('webhook_deliveries')
    .values({ id, webhook_id: webhookId, event, body, state: 'waiting', created_at: isoNow(clock) })
    .execute();
  return id;
}

export async function loadDelivery(db: Db | Tx, id: string): Promise<Delivery | undefined> {
  const row = await db.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : deliveryOf(row);
}

/** The newest first. */
export async function listDeliveries(db: Db, webhookId: string, most: number): Promise<ListedDelivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  if (rows.length === 0) return [];
  const attempts = await db
    .selectFrom('webhook_attempts')
    .select(['delivery_id', 'at', 'outcome'])
    .where(
      'delivery_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    ...deliveryOf(row),
    attempts: attempts.filter(({ delivery_id: of }) => of === row.id).map(({ at, outcome }) => ({ at, outcome })),
  }));
}

/** What came of a try, and where the delivery stands by now. */
export async function noteAttempt(
  clock: Clock,
  tx: Tx,
  deliveryId: string,
  { outcome, state }: { readonly outcome: string; readonly state: Delivery['state'] },
): Promise<void> {
  await tx
    .insertInto('webhook_attempts')
    .values({ id: newId(clock), delivery_id: deliveryId, at: isoNow(clock), outcome })
    .execute();
  await tx.updateTable('webhook_deliveries').set({ state }).where('id', '=', deliveryId).execute();
}

/** Has it wait again. @returns false when it waits already, or there is none: of several that ask, one orders it. */
export async function waitAgain(tx: Tx, webhookId: string, id: string): Promise<boolean> {
  const row = await tx
    .updateTable('webhook_deliveries')
    .set({ state: 'waiting' })
    .where('id', '=', id)
    .where('webhook_id', '=', webhookId)
    .where('state', '!=', 'waiting')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes what was made before `before`, with its tries, up to `most`. @returns how many. */
export async function sweepDeliveries(tx: Tx, before: string, most: number): Promise<number> {
  const old = await tx
    .selectFrom('webhook_deliveries')
    .select('id')
    .where('created_at', '<=', before)
    .orderBy('created_at')
    .limit(most)
    .execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('webhook_attempts').where('delivery_id', 'in', ids).execute();
  await tx.deleteFrom('webhook_deliveries').where('id', 'in', ids).execute();
  return ids.length;
}

function deliveryOf(row: WebhookDeliveriesTable): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    event: row.event,
    body: row.body,
    state: row.state,
    createdAt: row.created_at,
  };
}
