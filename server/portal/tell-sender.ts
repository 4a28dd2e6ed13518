// Owns letting a sender know, who wishes it, that a message of theirs was read or answered. It knows nothing of mails: a job
// is left in the outbox in the transaction of what happened.

import type { Tx } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import { listRecipients } from '../messages/recipients.store.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { addNews } from '../people/news.store.ts';

export async function tellOfReading(
  { vault }: Site,
  tx: Tx,
  message: MessagesTable,
  recipient: RecipientsTable,
): Promise<void> {
  const wish = await tellSender(vault, tx, message, 'read');
  if (!wish.firstRead) return;
  const others = (await listRecipients(tx, message.id)).filter(({ id }) => id !== recipient.id);
  if (others.some(({ opened_at: openedAt }) => openedAt !== null)) return;
  await enqueue(vault, tx, { kind: 'first-read', messageId: message.id, recipientId: recipient.id });
}

export async function tellOfAnswer({ vault }: Site, tx: Tx, message: MessagesTable): Promise<void> {
  await tellSender(vault, tx, message, 'replied');
}

function tellSender(vault: Site['vault'], tx: Tx, message: MessagesTable, kind: 'read' | 'replied') {
  return addNews(vault, tx, { addressIndex: message.sender_index, messageId: message.id, kind });
}
