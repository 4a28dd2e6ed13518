// Owns the few columns that decide whether a reader may still read: asked again and again while a file is taken, so
// without the sealed ones.

import type { Db, Tx } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';

export type ReadState = Pick<MessagesTable, 'expires_at' | 'destroyed_at' | 'rights' | 'demands' | 'phrase_id'> &
  Pick<RecipientsTable, 'revoked_at' | 'road' | 'own_expires_at'>;

export function loadReadState(db: Db | Tx, messageId: string, recipientId: string): Promise<ReadState | undefined> {
  return db
    .selectFrom('messages')
    .innerJoin('recipients', 'recipients.message_id', 'messages.id')
    .select([
      'messages.expires_at',
      'messages.destroyed_at',
      'messages.rights',
      'messages.demands',
      'messages.phrase_id',
      'recipients.revoked_at',
      'recipients.road',
      'recipients.own_expires_at',
    ])
    .where('messages.id', '=', messageId)
    .where('recipients.id', '=', recipientId)
    .executeTakeFirst();
}
