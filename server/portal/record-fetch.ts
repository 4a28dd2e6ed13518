// Owns writing down that a link was fetched by somebody who is not signed in: once for each link, so that no scanner fills the
// log. It is never a reading, and a page is shown whether or not it could be written.

import type { Request } from 'express';
import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { markFetched } from '../messages/recipient-progress.store.ts';

export async function recordFetch(site: Site, req: Request, recipient: RecipientsTable): Promise<void> {
  if (req.method !== 'GET' || recipient.fetched_at !== null) return;
  try {
    await inTransaction(site.db, async (tx) => {
      if (!(await markFetched(tx, recipient.id, isoNow(site.clock)))) return;
      await appendAudit(site.vault, tx, {
        event: 'link-fetched',
        messageId: recipient.message_id,
        recipientId: recipient.id,
        details: { network: visitOf(req).network },
      });
    });
  } catch (error) {
    site.log.warn('link.unrecorded', { id: recipient.id, err: error });
  }
}
