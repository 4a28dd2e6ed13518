// Owns the pieces of which the page of TLS reports is made.

import { chartOf, failuresIn, reportersIn } from '../../server/admin/tls-reports.routes.ts';
import { shownDays } from '../../server/admin/today.model.ts';
import { tlsRptRecord } from '../../server/delivery/own-sts.ts';
import type { ReceivedReport } from '../../server/delivery/tls-report.ts';
import type { TlsReportsPage } from '../../server/render/page-models/tls-reports.ts';
import { hostile, longWord } from './fixture-people.ts';

const days = shownDays(Date.parse('2026-11-28T12:00:00Z'));
const domain = 'example.com';

const reports: ReceivedReport[] = days.map((day, n) => ({
  organization: n % 3 === 0 ? 'Big Mail Inc.' : 'Other Mail Ltd',
  reportId: String(n),
  day,
  domain,
  policyType: 'sts',
  successful: 40 + ((n * 37) % 90),
  failed: n === 20 ? 30 : 0,
  failures: n === 20 ? [{ type: 'certificate-expired', host: 'mx2.example.com', count: 30 }] : [],
}));
const nasty: ReceivedReport[] = [
  {
    organization: hostile,
    reportId: '1',
    day: days.at(-1) ?? '',
    domain,
    policyType: 'sts',
    successful: 1_000_000_000,
    failed: 1_000_000_000,
    failures: [{ type: longWord, host: longWord, count: 1_000_000_000 }],
  },
];

function pageOf(list: readonly ReceivedReport[]): TlsReportsPage {
  return {
    charts: [chartOf(domain, 0, list, days)],
    failures: failuresIn(list),
    reporters: reportersIn(list),
    records: [tlsRptRecord(domain, 'https://secure.example.com/tls-reports,mailto:secure+tls-reports@example.com')],
    isCut: false,
  };
}

export const tlsReportsFull = pageOf(reports);
export const tlsReportsEmpty = pageOf([]);
export const tlsReportsHostile = pageOf(nasty);
