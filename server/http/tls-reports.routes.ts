// Owns the door for what other mail servers report of TLS with ours (RFC 8460 section 3, `rua=https:`). Anybody may knock: what
// comes is read within limits, counted, kept for our own domains only, and believed by nobody but people.

import { Router } from 'express';
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { HOUR_MS, MINUTE_MS, isoTime } from '../core/clock.ts';
import { limitKey } from '../core/networks.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { readTlsReport, tlsReportLimits } from '../delivery/tls-report.ts';
import type { ReceivedReport } from '../delivery/tls-report.ts';
import { keepReport } from '../delivery/tls-reports.store.ts';
import { bodyOf } from './request-body.ts';
import type { Site } from './site.ts';

/** Below PUBLIC_URL. */
export const TLS_REPORTS_PATH = '/tls-reports';

const perNetwork: Limit = { name: 'TLS reports per network', most: 60, windowMs: HOUR_MS };
const inAll: Limit = { name: 'TLS reports in all', most: 120, windowMs: 10 * MINUTE_MS };
const DAY_FUTURE_MS = 36 * HOUR_MS;
const DAYS_PAST_MS = 30 * 24 * HOUR_MS;

export function tlsReportRoutes(site: Site): Router {
  const { db, keyring, clock, orgDomains } = site;
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
    const reports = (await readTlsReport(await wholeBody(req))).filter(isOurs);
    await inTransaction(db, async (tx) => {
      for (const report of reports) await keepReport(keyring, tx, report);
    });
    res.status(200).type('text/plain').send('ok\n');
  });

  return router;

  function isOurs({ domain, day }: ReceivedReport): boolean {
    const nowMs = clock.nowMs();
    const isOfLate =
      day >= isoTime(nowMs - DAYS_PAST_MS).slice(0, 10) && day <= isoTime(nowMs + DAY_FUTURE_MS).slice(0, 10);
    return isOfLate && orgDomains.includes(domain);
  }
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
