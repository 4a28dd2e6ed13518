// Owns going through all that is stored, a page at a time, for those who verify it. It changes nothing.

import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables.ts';
import { named } from './parts.store.ts';
import type { NamedBlob } from './parts.store.ts';

/** Messages in the order of their ids, which is that of time. */
export function listMessagesAfter(db: Db, afterId: string, most: number): Promise<MessagesTable[]> {
  return db.selectFrom('messages').selectAll().where('id', '>', afterId).orderBy('id').limit(most).execute();
}

/** Parts with a blob in the order of its id, which is that of time. */
export async function listPartsWithBlob(db: Db, afterBlobId: string, most: number): Promise<NamedBlob[]> {
  const rows = await db
    .selectFrom('parts')
    .select(['message_id', 'n', 'blob_id', 'size_bytes'])
    .where('blob_id', '>', afterBlobId)
    .orderBy('blob_id')
    .limit(most)
    .execute();
  return rows.flatMap(named);
}

/** Whether the part still names its blob. */
export async function isStillNamed(db: Db, { messageId, n, blobId }: NamedBlob): Promise<boolean> {
  const row = await db
    .selectFrom('parts')
    .select('n')
    .where('message_id', '=', messageId)
    .where('n', '=', n)
    .where('blob_id', '=', blobId)
    .executeTakeFirst();
  return row !== undefined;
}
