// Owns what becomes of an answer whose session has ended meanwhile: its text is kept for an hour, for the same person in
// the same browser. Nothing of the message is shown, and no draft of theirs is touched.

import type { Request, Response } from 'express';
import { HOUR_MS, isoNow } from '../core/clock.ts';
import { isMessageId } from '../core/ids.ts';
import { readability } from '../access/reading.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { setCookie } from '../http/cookies.ts';
import { findLostSession } from '../http/lost-session.ts';
import { notSignedIn } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { setAside } from '../messages/drafts.store.ts';
import type { Draft, DraftPlace } from '../messages/drafts.store.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { loadRecipientOf } from '../messages/recipients.store.ts';
import { wantsJson } from './wants-json.ts';

/** Reads what was sent, once its token is checked by the function given. */
export type ReadTyped = (checkToken: (token: unknown) => void) => Promise<Draft>;

const perNetwork: Limit = { name: 'set aside per network', most: 300, windowMs: HOUR_MS };
const perReader: Limit = { name: 'set aside per reader', most: 60, windowMs: HOUR_MS };

/** Answers a form that came without a living session. Throws request/unauthenticated when there is nothing to keep. */
export async function keepTyped(site: Site, req: Request, res: Response, read: ReadTyped): Promise<void> {
  const lost = await findLostSession(site, req);
  const place = lost === undefined ? undefined : await placeOf(site, req, lost.session.addressIndex);
  if (lost === undefined || place === undefined) throw notSignedIn();
  const { browserHash, network, words } = visitOf(req);
  await chargeAll(site, [
    [perNetwork, network],
    [perReader, lost.session.addressIndex],
  ]);
  const typed = await read(lost.checkToken);
  const text = cleanBodyText(typed.text);
  if (text.trim() === '') throw notSignedIn();
  await inTransaction(site.db, (tx) => setAside(tx, site.clock, place, { ...typed, text }, browserHash));
  setCookie(site, res, 'next', `/messages/${place.message.row.id}`);
  if (wantsJson(req)) {
    res.status(401).json({ next: `${site.base}/sign-in` });
    return;
  }
  await sendPage(site, req, res, {
    name: 'signed-out',
    title: words.say('reading.signed-out-heading'),
    model: { text },
    status: 401,
  });
}

async function placeOf(site: Site, req: Request, addressIndex: string): Promise<DraftPlace | undefined> {
  const { id } = req.params;
  if (!isMessageId(id)) return undefined;
  const recipient = await loadRecipientOf(site.db, id, addressIndex);
  const row = await loadMessage(site.db, id);
  if (recipient === undefined || row === undefined) return undefined;
  if (readability(row, recipient, isoNow(site.clock)) !== 'readable') return undefined;
  return { message: openMessage(site.vault, row), recipient };
}
