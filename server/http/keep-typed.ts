// Owns what becomes of a text whose session has ended meanwhile: it is kept for an hour, for the same person in the same
// browser. Where it is kept, each form says itself. Nothing of a message is shown.

import type { Request, Response } from 'express';
import { HOUR_MS } from '../core/clock.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import type { Tx } from '../db/engine.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import type { Session } from '../signin/sessions.store.ts';
import { setCookie } from './cookies.ts';
import { findLostSession } from './lost-session.ts';
import { notSignedIn } from './nothing-here.ts';
import { sendPage } from './page.ts';
import type { Site } from './site.ts';
import { visitOf } from './visit.ts';
import { wantsJson } from './wants-json.ts';

/** Reads what was sent, once its token is checked by the function given. */
export type ReadTyped<Typed> = (checkToken: (token: unknown) => void) => Promise<Typed>;

/** Where it is kept, and where its writer goes on with it. */
export interface Keeping<Typed> {
  readonly keep: (tx: Tx, typed: Typed, browserHash: string) => Promise<void>;
  /** Under the portal's own path. */
  readonly next: string;
  readonly signIn: string;
}

const perNetwork: Limit = { name: 'set aside per network', most: 300, windowMs: HOUR_MS };
const perReader: Limit = { name: 'set aside per reader', most: 60, windowMs: HOUR_MS };

/**
 * Answers a form that came without a living session. `find` says where this person's text is kept, if anywhere. Throws
 * request/unauthenticated when there is nothing to keep.
 */
export async function keepTyped<Typed extends { readonly text: string }>(
  site: Site,
  req: Request,
  res: Response,
  find: (session: Session) => Promise<Keeping<Typed> | undefined>,
  read: ReadTyped<Typed>,
): Promise<void> {
  const lost = await findLostSession(site, req);
  const place = lost === undefined ? undefined : await find(lost.session);
  if (lost === undefined || place === undefined) throw notSignedIn();
  const { browserHash, network, words } = visitOf(req);
  await chargeAll(site, [
    [perNetwork, network],
    [perReader, lost.session.addressIndex],
  ]);
  const typed = await read(lost.checkToken);
  const text = cleanBodyText(typed.text);
  if (text.trim() === '') throw notSignedIn();
  await inTransaction(site.db, (tx) => place.keep(tx, { ...typed, text }, browserHash));
  setCookie(site, res, 'next', place.next);
  const signInUrl = `${site.base}${place.signIn}`;
  if (wantsJson(req)) {
    res.status(401).json({ next: signInUrl });
    return;
  }
  await sendPage(site, req, res, {
    name: 'signed-out',
    title: words.say('reading.signed-out-heading'),
    model: { text, signInUrl },
    status: 401,
  });
}
