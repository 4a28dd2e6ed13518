// Owns going through all that is stored, a page at a time, for those who verify it. It changes nothing.

import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import type { NamedBlob } from './parts.store.ts';

/** Messages in the order of their ids, which is that of time. */
export function listMessagesAfter(db: Db, afterId: string, most: number): Promise<MessagesTable[]> {
  return db.selectFrom('messages').selectAll().where('id', '>', afterId).orderBy('id').limit(most).execute();
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
