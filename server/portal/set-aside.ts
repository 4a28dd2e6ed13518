// Owns where an answer is kept whose session has ended meanwhile: with the message, for the same person in the same
// browser. Nothing of the message is shown, and no draft of theirs is touched.

import type { Request, Response } from 'express';
import { isoNow } from '../core/clock.ts';
import { isMessageId } from '../core/ids.ts';
import { readability } from '../access/reading.ts';
import { keepTyped } from '../http/keep-typed.ts';
import type { Keeping, ReadTyped } from '../http/keep-typed.ts';
import type { Site } from '../http/site.ts';
import { setAside } from '../messages/drafts.store.ts';
import type { Draft, DraftPlace } from '../messages/drafts.store.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { loadReaderOf } from '../messages/recipients.store.ts';
import type { Session } from '../signin/sessions.store.ts';

/** An answer to a message is kept with it. */
export function keepAnswer(site: Site, req: Request, res: Response, read: ReadTyped<Draft>): Promise<void> {
  return keepTyped(site, req, res, (session) => withMessage(site, req, session), read);
}

async function withMessage(site: Site, req: Request, session: Session): Promise<Keeping<Draft> | undefined> {
  const place = await placeOf(site, req, session.addressIndex);
  if (place === undefined) return undefined;
  return {
    keep: (tx, typed, browserHash) => setAside(tx, site.clock, place, typed, browserHash),
    next: `/messages/${place.message.row.id}`,
    signIn: '/sign-in',
  };
}

async function placeOf(site: Site, req: Request, addressIndex: string): Promise<DraftPlace | undefined> {
  const { id } = req.params;
  if (!isMessageId(id)) return undefined;
  const recipient = await loadReaderOf(site.db, id, addressIndex);
  const row = await loadMessage(site.db, id);
  if (recipient === undefined || row === undefined) return undefined;
  if (readability(row, recipient, isoNow(site.clock)) !== 'readable') return undefined;
  return { message: openMessage(site.vault, row), recipient };
}
