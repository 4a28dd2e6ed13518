// Owns what shredding does to the rows: keys and everything sealed small are overwritten, parts removed, tombstones
// kept. The one transaction around it, and all that lies outside of the database, is server/shredding's.

import type { Db, Tx } from '../db/engine.ts';
import type { TombstonesTable } from '../db/tables/messages.ts';
import { removeHolds } from './holds.store.ts';

/** A message that had a key until now. */
export interface Shredded {
  readonly messageId: string;
  /** The key-encryption key that had wrapped its data key. */
  readonly keyId: string;
}

const NOTHING = new Uint8Array();

/** Overwrites the keys of those of these messages that still have one; what a key sealed never opens again. */
export async function shredKeys(tx: Tx, messageIds: readonly string[], now: string): Promise<Shredded[]> {
  const rows = await tx
    .updateTable('messages')
    .set({ wrapped_key: null, sealed_meta: NOTHING, destroyed_at: now })
    .where('id', 'in', [...messageIds])
    .where('destroyed_at', 'is', null)
    .returning(['id', 'key_id'])
    .execute();
  return rows.map(shredded);
}

/** The next longer time, in days, that any message which has its key is kept after its last day. */
export async function nextRetention(db: Db, afterDays: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('retention_days')
    .where('destroyed_at', 'is', null)
    .where('retention_days', '>', afterDays)
    .orderBy('retention_days')
    .limit(1)
    .executeTakeFirst();
  return row?.retention_days;
}

export interface Overdue {
  readonly retentionDays: number;
  readonly lastDayBefore: string;
}

/** As `shredKeys`, for up to `most` messages that are kept so long and ended before that, the longest over first. */
export async function shredKeysOfExpired(
  tx: Tx,
  { retentionDays, lastDayBefore }: Overdue,
  most: number,
  now: string,
): Promise<Shredded[]> {
  const rows = await tx
    .updateTable('messages')
    .set({ wrapped_key: null, sealed_meta: NOTHING, destroyed_at: now })
    .where('id', 'in', (query) =>
      query
        .selectFrom('messages')
        .select('id')
        .where('destroyed_at', 'is', null)
        .where('retention_days', '=', retentionDays)
        .where('expires_at', '<=', lastDayBefore)
        .orderBy('expires_at')
        .limit(most),
    )
    .where('destroyed_at', 'is', null)
    .where('retention_days', '=', retentionDays)
    .where('expires_at', '<=', lastDayBefore)
    .returning(['id', 'key_id'])
    .execute();
  return rows.map(shredded);
}

/** Removes all else that was sealed. @returns the blobs that may now be removed. */
export async function shredSealed(tx: Tx, messageIds: readonly string[]): Promise<string[]> {
  const ids = [...messageIds];
  await shredPhrases(tx, ids);
  await tx
    .updateTable('recipients')
    .set({ sealed: NOTHING, sealed_delivery: null })
    .where('message_id', 'in', ids)
    .execute();
  // With them goes what an approver wrote.
  await removeHolds(tx, ids);
  await tx.updateTable('requests').set({ sealed_word: null }).where('message_id', 'in', ids).execute();
  await tx.deleteFrom('drafts').where('message_id', 'in', ids).execute();
  await tx.deleteFrom('news').where('message_id', 'in', ids).execute();
  await tx.deleteFrom('rule_hits').where('message_id', 'in', ids).execute();
  const parts = await tx.deleteFrom('parts').where('message_id', 'in', ids).returning('blob_id').execute();
  return parts.flatMap(({ blob_id }) => blob_id ?? []);
}

// A phrase goes with the last message of its conversation.
async function shredPhrases(tx: Tx, messageIds: readonly string[]): Promise<void> {
  const rows = await tx
    .selectFrom('messages')
    .select('phrase_id')
    .where('id', 'in', [...messageIds])
    .execute();
  const phraseIds = [...new Set(rows.flatMap(({ phrase_id: id }) => id ?? []))];
  if (phraseIds.length === 0) return;
  await tx
    .updateTable('messages')
    .set({ phrase_id: null })
    .where('id', 'in', [...messageIds])
    .execute();
  await tx
    .deleteFrom('phrases')
    .where('id', 'in', phraseIds)
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom('messages').select('messages.id').whereRef('messages.phrase_id', '=', 'phrases.id')),
      ),
    )
    .execute();
}

/** Which of these messages can still be opened. */
export async function listWithKey(db: Db | Tx, messageIds: readonly string[]): Promise<string[]> {
  if (messageIds.length === 0) return [];
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', [...messageIds])
    .where('destroyed_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

export interface SignedTombstone {
  readonly messageId: string;
  readonly at: string;
  readonly signed: string;
}

export async function insertTombstone(tx: Tx, { messageId, at, signed }: SignedTombstone): Promise<void> {
  await tx
    .insertInto('tombstones')
    .values({ message_id: messageId, at, signed })
    .onConflict((conflict) => conflict.column('message_id').doNothing())
    .execute();
}

/** Signed tombstones by the ids of their messages, for going through all of them. */
export async function listTombstones(db: Db | Tx, afterMessageId: string, most: number): Promise<SignedTombstone[]> {
  const rows = await db
    .selectFrom('tombstones')
    .selectAll()
    .where('message_id', '>', afterMessageId)
    .orderBy('message_id')
    .limit(most)
    .execute();
  return rows.map(signedTombstone);
}

/** Those of this time and later, the oldest first. */
export async function listTombstonesSince(
  db: Db,
  from: { readonly at: string; readonly messageId: string },
  most: number,
): Promise<SignedTombstone[]> {
  const rows = await db
    .selectFrom('tombstones')
    .selectAll()
    .where('at', '>=', from.at)
    .where((eb) => eb.or([eb('at', '>', from.at), eb('message_id', '>', from.messageId)]))
    .orderBy('at')
    .orderBy('message_id')
    .limit(most)
    .execute();
  return rows.map(signedTombstone);
}

function shredded(row: { readonly id: string; readonly key_id: string }): Shredded {
  return { messageId: row.id, keyId: row.key_id };
}

function signedTombstone(row: TombstonesTable): SignedTombstone {
  return { messageId: row.message_id, at: row.at, signed: row.signed };
}
