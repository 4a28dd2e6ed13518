// Owns writing down that a reader got something: in the audit, and on the reader's row.

import type { Request } from 'express';
import { SECOND_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { inTransaction } from '../db/engine.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { markRead } from '../messages/recipient-progress.store.ts';
import { checkStillReadable } from './reading.ts';
import type { Reading } from './reading.ts';
import { tellOfReading } from './tell-sender.ts';

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
    const isFirst = await markRead(tx, reading.recipient.id, isoNow(clock));
    if (isFirst) await tellOfReading(site, tx, reading.message.row, reading.recipient);
    await appendAudit(vault, tx, {
      event,
      messageId: reading.message.row.id,
      recipientId: reading.recipient.id,
      details: {
        address: reading.session.address,
        network: visitOf(req).network,
        ...(attachment === undefined ? {} : { attachment }),
        ...(event === 'message-read' ? firstReading(reading, clock) : {}),
      },
    });
  });
}

/** How long after the notice a reader read first. */
function firstReading({ recipient }: Reading, clock: Clock): { afterSeconds?: number } {
  if (recipient.opened_at !== null || recipient.notified_at === null) return {};
  return { afterSeconds: Math.max(0, Math.round((clock.nowMs() - Date.parse(recipient.notified_at)) / SECOND_MS)) };
}
