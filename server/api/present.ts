// Owns what the API says of a message: states and times, never a token, never content.

import { isoNow } from '../core/clock.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import { listRecipients } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';
import type { MessageView } from './schemas.ts';

export async function presentMessage(db: Db, vault: Vault, row: MessagesTable): Promise<MessageView> {
  const open = row.destroyed_at === null ? openMessage(vault, row) : undefined;
  const recipients = await listRecipients(db, row.id);
  return {
    id: row.id,
    createdAt: row.created_at,
    subject: open?.meta.subject ?? null,
    protection: row.protection,
    expiresAt: row.expires_at,
    destroyed: open === undefined,
    recipients: recipients.map((recipient) => ({
      n: recipient.position,
      address: open === undefined ? null : openRecipient(open, recipient).address,
      delivery: 'portal',
      status: recipientStatus(recipient, row, isoNow(vault.clock)),
      notifiedAt: recipient.notified_at,
      openedAt: recipient.opened_at,
      repliedAt: recipient.replied_at,
      revokedAt: recipient.revoked_at,
      failure: recipient.failure,
    })),
    reasons: [...(open?.meta.reasons ?? [])],
  };
}
