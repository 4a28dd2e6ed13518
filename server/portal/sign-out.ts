// Owns ending a visitor's session, in the store and in the browser.

import type { Request, Response } from 'express';
import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { clearCookie } from '../http/cookies.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { endSession } from '../signin/sessions.store.ts';

export async function signOut(site: Site, req: Request, res: Response): Promise<void> {
  const { session, network } = visitOf(req);
  if (session !== undefined) {
    await inTransaction(site.db, async (tx) => {
      await endSession(tx, session.tokenHash, isoNow(site.clock));
      await appendAudit(site.vault, tx, { event: 'signed-out', details: { address: session.address, network } });
    });
  }
  forgetSession(site, res);
}

/** In the browser: nothing that was read may be found by the back button. */
export function forgetSession(site: Site, res: Response): void {
  clearCookie(site, res, 'session');
  res.set('Clear-Site-Data', '"cache", "storage"');
}
