// Owns the page that shows what other mail servers report of TLS with ours. Anybody may send a report, so it is shown as what
// somebody says.

import { Router } from 'express';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { tlsRptRecord } from '../delivery/own-sts.ts';
import type { ReceivedReport } from '../delivery/tls-report.ts';
import { listReports } from '../delivery/tls-reports.store.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { tlsReportUris } from '../http/tls-reports.routes.ts';
import { checkMay } from '../http/visit.ts';
import { layOutChart } from '../render/chart.ts';
import type { ChartView } from '../render/chart.ts';
import type { TlsReportsPage } from '../render/page-models/tls-reports.ts';
import { DAYS_SHOWN, shownDays } from './today.model.ts';

const REPORTS_MAX = 2_000;
const ROWS_MAX = 100;

export function tlsReportPages(site: Site): Router {
  const router = Router();
  const uris = tlsReportUris(site);

  router.get('/admin/tls-reports', async (req, res) => {
    checkMay(req, 'policy:read');
    const since = isoNow(site.clock, -DAYS_SHOWN * DAY_MS).slice(0, 10);
    const reports = await listReports(site.keyring, site.db, since, REPORTS_MAX);
    const days = shownDays(site.clock.nowMs());
    await sendPage(site, req, res, {
      name: 'tls-reports',
      title: 'TLS reports',
      at: 'tls-reports',
      model: {
        charts: site.orgDomains.map((domain, n) =>
          chartOf(
            domain,
            n,
            reports.filter((one) => one.domain === domain),
            days,
          ),
        ),
        failures: failuresIn(reports).slice(0, ROWS_MAX),
        reporters: reportersIn(reports).slice(0, ROWS_MAX),
        records: site.orgDomains.map((domain) => tlsRptRecord(domain, uris)),
        isCut: reports.length === REPORTS_MAX,
      },
    });
  });

  return router;
}

export function chartOf(
  domain: string,
  n: number,
  reports: readonly ReceivedReport[],
  days: readonly string[],
): ChartView {
  const sum = (pick: (one: ReceivedReport) => number, some = reports): number =>
    some.reduce((total, one) => total + pick(one), 0);
  const perDay = (pick: (one: ReceivedReport) => number): number[] =>
    days.map((day) =>
      sum(
        pick,
        reports.filter((one) => one.day === day),
      ),
    );
  const [successful, failed] = [(one: ReceivedReport) => one.successful, (one: ReceivedReport) => one.failed];
  return layOutChart({
    id: `tls-${n}`,
    title: domain,
    summary: `${sum(successful)} connections with TLS and ${sum(failed)} without, as others report them, in ${DAYS_SHOWN} days`,
    days,
    series: [
      { words: 'TLS stood', values: perDay(successful) },
      { words: 'TLS failed', values: perDay(failed) },
    ],
  });
}

// RFC 8460 section 4.3
const resultWords: Readonly<Record<string, string>> = {
  'starttls-not-supported': 'The server offered no TLS',
  'certificate-host-mismatch': 'The certificate is for another name',
  'certificate-expired': 'The certificate had expired',
  'certificate-not-trusted': 'Nobody who is trusted signed the certificate',
  'validation-failure': 'The proof did not hold, for another reason',
  'tlsa-invalid': 'The TLSA records do not hold',
  'dnssec-invalid': 'The signatures of the DNS do not hold',
  'dane-required': 'TLSA records were demanded, and there are none',
  'sts-policy-fetch-error': 'The MTA-STS policy could not be fetched',
  'sts-policy-invalid': 'The MTA-STS policy cannot be read',
  'sts-webpki-invalid': 'The certificate of the MTA-STS host does not hold',
};

export function failuresIn(reports: readonly ReceivedReport[]): TlsReportsPage['failures'] {
  const rows = new Map<string, { domain: string; words: string; host: string; count: number; by: Set<string> }>();
  for (const { domain, organization, failures } of reports) {
    for (const { type, host, count } of failures) {
      const key = JSON.stringify([domain, type, host]);
      const row = rows.get(key) ?? { domain, words: resultWords[type] ?? type, host, count: 0, by: new Set() };
      row.count += count;
      row.by.add(organization);
      rows.set(key, row);
    }
  }
  return [...rows.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ by, ...row }) => ({ ...row, by: [...by].slice(0, 5).join(', ') }));
}

export function reportersIn(reports: readonly ReceivedReport[]): TlsReportsPage['reporters'] {
  const rows = new Map<string, TlsReportsPage['reporters'][number]>();
  for (const { organization, domain, successful, failed, day } of reports) {
    const key = JSON.stringify([organization, domain]);
    const known = rows.get(key);
    rows.set(key, {
      organization,
      domain,
      successful: successful + (known?.successful ?? 0),
      failed: failed + (known?.failed ?? 0),
      day: known !== undefined && known.day > day ? known.day : day,
    });
  }
  return [...rows.values()].toSorted((a, b) => b.failed - a.failed || b.successful - a.successful);
}
