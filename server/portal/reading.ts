// Owns getting from a request to a message its visitor may read. The recipient stands in the query, so a
// foreign message and a missing one are the same; what is over is said only to those it was for.

import type { Request } from 'express';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { isMessageId } from '../core/ids.ts';
import { checkProved } from '../access/proving.ts';
import { checkReadable } from '../access/reading.ts';
import type { ByteRange } from '../crypto/cobblestone-range.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { MessagesTable, PartsTable, RecipientsTable } from '../db/tables/messages.ts';
import { noSuchPage, notSignedIn } from '../http/nothing-here.ts';
import { provedFor } from '../http/proved.ts';
import { readPartWhile } from '../http/read-part.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn } from '../http/visit.ts';
import { wearBrand } from '../http/worn-brand.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { loadReadState } from '../messages/read-state.store.ts';
import { loadReaderOf } from '../messages/recipients.store.ts';
import { isSessionOpen } from '../signin/session-state.store.ts';
import type { Session } from '../signin/sessions.store.ts';

export interface Reading {
  readonly session: Session;
  readonly recipient: RecipientsTable;
  readonly message: OpenMessage;
}

/** Throws request/unauthenticated, request/not-found, request/gone or signin/proof-needed. */
export async function startReading(site: Site, req: Request): Promise<Reading> {
  const { session, recipient, message } = await findReadable(site, req);
  checkProved(message, recipient, await provedFor(site.db, session, message));
  return { session, recipient, message: openMessage(site.vault, message) };
}

export interface Readable {
  readonly session: Session;
  readonly recipient: RecipientsTable;
  readonly message: MessagesTable;
}

/** The same for a visitor who may still have to prove more: nothing of the message is opened. */
export async function findReadable(site: Site, req: Request, id: unknown = req.params['id']): Promise<Readable> {
  const own = await findOwn(site, req, id);
  if (own === undefined) throw noSuchPage();
  checkReadable(own.message, own.recipient, isoNow(site.clock));
  return own;
}

/** A message and its visitor's place in it, be it over or not; undefined for all others. Throws request/unauthenticated. */
export async function findOwn(site: Site, req: Request, id: unknown): Promise<Readable | undefined> {
  const session = checkSignedIn(req);
  if (!isMessageId(id)) return undefined;
  const recipient = await loadReaderOf(site.db, id, session.addressIndex);
  const message = await loadMessage(site.db, id);
  if (recipient === undefined || message === undefined) return undefined;
  wearBrand(req, message.brand);
  return { session, recipient, message };
}

/** For an error handler: the parameters belong to the route that threw, and are gone. */
export function messageIdIn({ path }: Request): string | undefined {
  return /^\/messages\/([^/]+)/.exec(path)?.[1];
}

/**
 * The part's bytes, or a range of them. The right to them is asked for again before every 64 KiB, so that a download
 * ends with that right, and with the session.
 */
export function readPart(site: Site, reading: Reading, part: PartsTable, range?: ByteRange): AsyncGenerator<Buffer> {
  return readPartWhile(site.vault, reading.message, part, () => checkStillReading(site, reading), range);
}

/** Throws request/gone, or signin/proof-needed, when the right to read has ended since the reading began. */
export async function checkStillReadable(db: Db | Tx, clock: Clock, reading: Reading): Promise<void> {
  const state = await loadReadState(db, reading.message.row.id, reading.recipient.id);
  if (state === undefined) throw noSuchPage();
  checkReadable(state, state, isoNow(clock));
  checkProved(state, state, await provedFor(db, reading.session, state));
}

/** The same, and throws request/unauthenticated when the session has ended. */
export async function checkStillReading({ db, clock }: Site, reading: Reading): Promise<void> {
  if (!(await isSessionOpen(db, reading.session.tokenHash, isoNow(clock)))) {
    throw notSignedIn();
  }
  await checkStillReadable(db, clock, reading);
}
