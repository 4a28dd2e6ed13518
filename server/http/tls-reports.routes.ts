// Owns the door for what other mail servers report of TLS with ours (RFC 8460 section 3, `rua=https:`). Anybody may knock: what
// comes is read within limits, counted, kept for our own domains only, and believed by nobody but people.

import { Router } from 'express';
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { limitKey } from '../core/networks.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { keepReports, readReportsOfOurs } from '../delivery/received-tls-reports.ts';
import { tlsReportLimits } from '../delivery/tls-report.ts';
import { tlsReportMailto } from '../mail/tls-report-address.ts';
import { bodyOf } from './request-body.ts';
import type { Site } from './site.ts';

/** Below PUBLIC_URL. */
export const TLS_REPORTS_PATH = '/tls-reports';

const perNetwork: Limit = { name: 'TLS reports per network', most: 60, windowMs: HOUR_MS };
const inAll: Limit = { name: 'TLS reports in all', most: 120, windowMs: 10 * MINUTE_MS };

/** Where others are told to send theirs, as a record has it: each reporter may choose, and what comes twice is kept once. */
export function tlsReportUris({ origin, base, mailFrom }: Pick<Site, 'origin' | 'base' | 'mailFrom'>): string {
  const mailto = tlsReportMailto(mailFrom);
  return [`${origin}${base}${TLS_REPORTS_PATH}`, ...(mailto === undefined ? [] : [mailto])].join(',');
}

export function tlsReportRoutes(site: Site): Router {
  const { db, keyring } = site;
  const router = Router();

  router.post(TLS_REPORTS_PATH, async (req, res) => {
    await chargeAll(site.signin, [
      [perNetwork, limitKey(req.ip ?? '')],
      [inAll, ''],
    ]);
    if (
      req.is(['application/tlsrpt+gzip', 'application/tlsrpt+json', 'application/gzip', 'application/json']) === false
    ) {
      throw new AppError('request/malformed', 'Send application/tlsrpt+gzip or application/tlsrpt+json.');
    }
    const reports = await readReportsOfOurs(site, await wholeBody(req));
    await inTransaction(db, (tx) => keepReports(keyring, tx, reports));
    res.status(200).type('text/plain').send('ok\n');
  });

  return router;
}

async function wholeBody(req: Request): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of bodyOf(req)) {
    bytes += piece.length;
    if (bytes > tlsReportLimits.bytes) throw new AppError('mail/too-large', 'The report is larger than 512 KB.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
