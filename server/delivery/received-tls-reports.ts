// Owns what of a report about TLS is kept, by whichever door it came: of our own domains, of late, and each policy once.

import { DAY_MS, HOUR_MS, isoTime } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Tx } from '../db/engine.ts';
import { readTlsReport } from './tls-report.ts';
import type { ReceivedReport } from './tls-report.ts';
import { keepReport } from './tls-reports.store.ts';

export interface TakeReportDeps {
  readonly clock: Clock;
  readonly orgDomains: readonly string[];
}

const DAY_FUTURE_MS = 36 * HOUR_MS;
const DAYS_PAST_MS = 30 * DAY_MS;

/** Throws request/malformed as readTlsReport does. */
export async function readReportsOfOurs(
  { clock, orgDomains }: TakeReportDeps,
  bytes: Buffer,
): Promise<ReceivedReport[]> {
  const nowMs = clock.nowMs();
  const first = isoTime(nowMs - DAYS_PAST_MS).slice(0, 10);
  const last = isoTime(nowMs + DAY_FUTURE_MS).slice(0, 10);
  const reports = await readTlsReport(bytes);
  return reports.filter(({ domain, day }) => orgDomains.includes(domain) && day >= first && day <= last);
}

/** @returns how many were not there yet. */
export async function keepReports(keyring: Keyring, tx: Tx, reports: readonly ReceivedReport[]): Promise<number> {
  let kept = 0;
  for (const report of reports) kept += (await keepReport(keyring, tx, report)) ? 1 : 0;
  return kept;
}
