// Owns how far a recipient has come, written into their row as it happens: notified, delivered, failed, fetched, read, replied.

import type { Tx } from '../db/engine.ts';
import { prepared, preparedFirst } from '../db/prepared.ts';

export async function markNotified(tx: Tx, id: string, now: string): Promise<void> {
  await tx
    .updateTable('recipients')
    .set({ notified_at: now, failed_at: null, failure: null })
    .where('id', '=', id)
    .execute();
}

/** From now on the reference in this recipient's notices is known to be ours. */
export async function noteReference(tx: Tx, id: string, referenceIndex: string): Promise<void> {
  await tx
    .updateTable('recipients')
    .set({ reference_index: referenceIndex })
    .where('id', '=', id)
    .where('reference_index', 'is', null)
    .execute();
}

/** The mail itself has left for the recipient's own server. */
export async function markDelivered(tx: Tx, id: string, now: string, sealedDelivery: Buffer): Promise<void> {
  await tx
    .updateTable('recipients')
    .set({ notified_at: now, failed_at: null, failure: null, sealed_delivery: sealedDelivery })
    .where('id', '=', id)
    .execute();
}

/** From now on a notice leads this recipient here. @returns whether it did not before. */
export async function leadToPortal(tx: Tx, id: string, sealedDelivery: Buffer): Promise<boolean> {
  const changed = await tx
    .updateTable('recipients')
    .set({ road: 'notice', sealed_delivery: sealedDelivery })
    .where('id', '=', id)
    .where('road', '=', 'direct')
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** `failure` is stage and codes only. */
export async function markFailed(tx: Tx, id: string, now: string, failure: string): Promise<void> {
  await tx.updateTable('recipients').set({ failed_at: now, failure }).where('id', '=', id).execute();
}

/** A server behind ours sent it back. @returns whether that is news: nobody has read it, and no failure was known. */
export async function markReturned(tx: Tx, id: string, now: string, failure: string): Promise<boolean> {
  const changed = await tx
    .updateTable('recipients')
    .set({ failed_at: now, failure })
    .where('id', '=', id)
    .where('failed_at', 'is', null)
    .where('opened_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** @returns whether this was the first reading. */
export async function markRead(tx: Tx, id: string, now: string): Promise<boolean> {
  const first = await setOpened(tx, { id, now });
  await setRead(tx, { id, now });
  return first !== undefined;
}

/** @returns whether the link had never been fetched before. */
export async function markFetched(tx: Tx, id: string, now: string): Promise<boolean> {
  const first = await tx
    .updateTable('recipients')
    .set({ fetched_at: now })
    .where('id', '=', id)
    .where('fetched_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return first !== undefined;
}

const setOpened = preparedFirst((db, { id, now }: { id: string; now: string }) =>
  db
    .updateTable('recipients')
    .set({ opened_at: now })
    .where('id', '=', id)
    .where('opened_at', 'is', null)
    .returning('id'),
);

const setRead = prepared((db, { id, now }: { id: string; now: string }) =>
  db.updateTable('recipients').set({ read_at: now }).where('id', '=', id),
);

/** @param form the one-time mark of the form that the answer came by; undefined of one that has none. */
export async function markReplied(tx: Tx, id: string, now: string, form: string | undefined): Promise<void> {
  await tx
    .updateTable('recipients')
    .set({ replied_at: now, answered_form: form ?? null })
    .where('id', '=', id)
    .execute();
}
