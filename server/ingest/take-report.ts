// Owns what follows when a mail server reports that it gave a mail of ours up: the recipient's state, the audit, and a mail to the
// sender, once. A report changes nothing for somebody who has read the message.

import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Db } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { readFailedDelivery } from '../mail/delivery-status.ts';
import { RETURNED } from '../messages/failure-words.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { markReturned } from '../messages/recipient-progress.store.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { addNews } from '../people/news.store.ts';

export interface ReportDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly kick: () => void;
}

/** `report`: the mail, as far as it was read. */
export async function takeReport({ db, vault, kick }: ReportDeps, recipientId: string, report: string): Promise<void> {
  const status = readFailedDelivery(report);
  if (status === undefined) return;
  const failure = [RETURNED, status.codes].filter((part) => part !== '').join(' ');
  await inTransaction(db, async (tx) => {
    const recipient = await loadRecipient(tx, recipientId);
    const message = recipient === undefined ? undefined : await loadMessage(tx, recipient.message_id);
    if (recipient === undefined || message === undefined || message.destroyed_at !== null) return;
    if (!(await markReturned(tx, recipient.id, isoNow(vault.clock), failure))) return;
    const about = { messageId: message.id, recipientId: recipient.id };
    await appendAudit(vault, tx, { event: 'notice-failed', ...about, details: { failure } });
    await addNews(vault, tx, { addressIndex: message.sender_index, messageId: message.id, kind: 'failed' });
    await enqueue(vault, tx, { kind: 'failure', ...about });
  });
  kick();
}
