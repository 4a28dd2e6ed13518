// Owns getting from a request to a message its visitor may read. The recipient stands in the query, so a
// foreign message and a missing one are the same; what is over is said only to those it was for.

import type { Request } from 'express';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { isMessageId } from '../core/ids.ts';
import { checkReadable } from '../access/reading.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { PartsTable, RecipientsTable } from '../db/tables.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn } from '../http/visit.ts';
import { loadMessage, loadPart } from '../messages/messages.store.ts';
import { openMessage, openPart } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { loadRecipient, loadRecipientOf } from '../messages/recipients.store.ts';
import type { Session } from '../signin/sessions.store.ts';

export interface Reading {
  readonly session: Session;
  readonly recipient: RecipientsTable;
  readonly message: OpenMessage;
}

/** Throws request/unauthenticated, request/not-found or request/gone. */
export async function startReading(site: Site, req: Request): Promise<Reading> {
  const session = checkSignedIn(req);
  const { id } = req.params;
  if (!isMessageId(id)) throw notFound();
  const recipient = await loadRecipientOf(site.db, id, session.addressIndex);
  const message = await loadMessage(site.db, id);
  if (recipient === undefined || message === undefined) throw notFound();
  checkReadable(message, recipient, isoNow(site.clock));
  return { session, recipient, message: openMessage(site.vault, message) };
}

/** The part's row, or request/not-found. */
export async function getPart(site: Site, message: OpenMessage, n: number): Promise<PartsTable> {
  const part = await loadPart(site.db, message.row.id, n);
  if (part === undefined) throw notFound();
  return part;
}

const BYTES_BETWEEN_CHECKS = 1024 * 1024;

/** The part's bytes; the message's state is asked for again on the way, so that a download ends with the right to it. */
export async function* readPart(site: Site, reading: Reading, part: PartsTable): AsyncGenerator<Buffer> {
  let sinceCheck = BYTES_BETWEEN_CHECKS;
  for await (const chunk of openPart(site.vault, reading.message, part)) {
    if (sinceCheck >= BYTES_BETWEEN_CHECKS) {
      await checkStillReadable(site.db, site.clock, reading);
      sinceCheck = 0;
    }
    sinceCheck += chunk.length;
    yield chunk;
  }
}

/** Throws request/gone when the right to read has ended since the reading began. */
export async function checkStillReadable(db: Db | Tx, clock: Clock, reading: Reading): Promise<void> {
  const message = await loadMessage(db, reading.message.row.id);
  const recipient = await loadRecipient(db, reading.recipient.id);
  if (message === undefined || recipient === undefined) throw notFound();
  checkReadable(message, recipient, isoNow(clock));
}

function notFound(): AppError {
  return new AppError('request/not-found', 'There is no such page.');
}
