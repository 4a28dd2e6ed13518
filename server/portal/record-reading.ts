// Owns writing down that a reader got something: in the audit, and on the reader's row.

import type { Request } from 'express';
import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { inTransaction } from '../db/engine.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { markRead } from '../messages/recipients.store.ts';
import { checkStillReadable } from './reading.ts';
import type { Reading } from './reading.ts';

/** Whoever lost the right meanwhile is refused, and nothing is written. */
export async function recordReading(
  site: Site,
  req: Request,
  reading: Reading,
  event: AuditEvent,
  attachment?: number,
): Promise<void> {
  // A probe of the address gets no content.
  if (req.method !== 'GET') return;
  const { vault, db, clock } = site;
  await inTransaction(db, async (tx) => {
    await checkStillReadable(tx, clock, reading);
    await markRead(tx, reading.recipient.id, isoNow(clock));
    await appendAudit(vault, tx, {
      event,
      messageId: reading.message.row.id,
      recipientId: reading.recipient.id,
      details: {
        address: reading.session.address,
        network: visitOf(req).network,
        ...(attachment === undefined ? {} : { attachment }),
      },
    });
  });
}
