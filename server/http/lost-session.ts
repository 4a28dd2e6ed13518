// Owns what is known of a visitor whose session has ended while they were typing: whose it was, and that the form they
// send was made for it. It opens nothing and signs nobody in.

import type { Request } from 'express';
import { equalBytes } from '../crypto/digest.ts';
import type { Session } from '../signin/sessions.store.ts';
import { loadEndedSession } from '../signin/sessions.store.ts';
import { readCookie } from './cookies.ts';
import { forged } from './forged.ts';
import type { Site } from './site.ts';
import { csrfToken } from './visit.ts';

export interface LostSession {
  readonly session: Session;
  /** Throws request/forged unless the token was handed to this browser in that session. */
  readonly checkToken: (token: unknown) => void;
}

/** Undefined when the browser brings none, or nothing of it is left. */
export async function findLostSession(site: Site, req: Request): Promise<LostSession | undefined> {
  const [cookie, browser] = [readCookie(site, req, 'session'), readCookie(site, req, 'browser')];
  if (cookie === undefined || cookie === '' || browser === undefined) return undefined;
  const token = await site.cookies.read(cookie);
  const session = token === undefined ? undefined : await loadEndedSession(site.session, site.db, token);
  if (session === undefined) return undefined;
  const expected = Buffer.from(csrfToken(site, browser, session));
  return {
    session,
    checkToken: (given) => {
      if (typeof given !== 'string' || !equalBytes(Buffer.from(given), expected)) throw forged();
    },
  };
}
