// Owns what happens when another way in proved nothing: it is written down, and the page leads back to where there are
// other ways.

import type { Request, Response } from 'express';
import type { Address } from '../core/address.ts';
import { MINUTE_MS } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import { toldInPieces } from '../core/errors.ts';
import type { Way } from '../core/proofs.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { sendPage } from '../http/page.ts';
import { setRetryAfter, statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';

/** How a way in was tried, as far as it is known. */
export interface Tried {
  readonly method: Way;
  readonly purpose: string;
  readonly address?: Address | undefined;
  /** Where the other ways are. */
  readonly back: string;
}

// Most of what is refused here needed nothing but a request: each is written down for good, so they are counted.
const refusedPerNetwork: Limit = { name: 'refused ways per network', most: 100, windowMs: 15 * MINUTE_MS };
const refusedInAll: Limit = { name: 'refused ways in all', most: 600, windowMs: MINUTE_MS };

/** Throws request/too-many past a limit; then nothing is written down. */
export async function refuseWay(
  site: Site,
  req: Request,
  res: Response,
  tried: Tried,
  refusal: AppError,
): Promise<void> {
  const { words, network } = visitOf(req);
  const { method, purpose, address, back } = tried;
  await chargeAll(site, [
    [refusedPerNetwork, network],
    [refusedInAll, ''],
  ]);
  site.log.warn('sign-in.refused', { method, reason: refusal.detail ?? refusal.sentence?.key ?? refusal.code });
  await inTransaction(site.db, (tx) =>
    appendAudit(site.vault, tx, {
      event: 'sign-in-refused',
      details: {
        method,
        purpose,
        network,
        reason: refusal.sentence?.key ?? refusal.code,
        ...(address === undefined ? {} : { address }),
      },
    }),
  );
  const heading = words.say('ways.refused-heading');
  setRetryAfter(res, refusal);
  await sendPage(site, req, res, {
    name: 'problem',
    title: heading,
    status: statusOf[refusal.code],
    model: {
      heading,
      sentences: [toldInPieces(words, refusal)],
      actions: [{ label: words.say('ways.back-to-code'), url: back }],
    },
  });
}
