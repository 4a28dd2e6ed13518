// Owns the wiring of the reports: what they are made from, and how they are written out.

import type { PolicyKeeper } from './compose-policy.ts';
import type { Tools } from './compose-tools.ts';
import type { Config } from './config.ts';
import { figuresNow, ruleDaysNow } from './figures/count.ts';
import type { SettingsInForce } from './reports/evidence.ts';
import { reportPdf } from './reports/report-pdf.ts';
import { reportKindIn } from './reports/report.ts';
import type { Report } from './reports/report.ts';
import { bindReports } from './reports/reports.ts';
import type { MakeReport } from './reports/reports.ts';
import type { WrittenPdf } from './viewing/text-pdf.ts';

export interface Reports {
  readonly makeReport: MakeReport;
  readonly kindIn: typeof reportKindIn;
  readonly writePdf: (report: Report, madeFor: string) => Promise<WrittenPdf>;
}

export function composeReports({ config, store, viewer }: Tools, { rulebook }: PolicyKeeper): Reports {
  const { db, vault, signer } = store;
  return {
    makeReport: bindReports({
      db,
      vault,
      signer,
      rulebook,
      ruleDays: (since) => ruleDaysNow(store, since),
      figures: (since) => figuresNow(store, since),
      policyVersion: async () => (await rulebook.newest()).version,
      admins: config.admins,
      settings: settingsInForce(config),
    }),
    kindIn: reportKindIn,
    writePdf: (report, madeFor) => viewer.writePdf(reportPdf(report, config.org.name, madeFor)),
  };
}

/** As plain values: no address, no secret. */
function settingsInForce(config: Config): SettingsInForce {
  const { keyring, blobs, portal, smtp, audit, oidc } = config;
  return {
    tryOut: config.tryOut,
    isHttps: portal.secure,
    keySource: keyPlaces[keyring.kind],
    blobs: blobs.kind === 's3' ? 'in S3' : 'in files of this machine',
    expiryDaysDefault: config.expiryDaysDefault,
    expiryDaysMax: config.expiryDaysMax,
    sessionIdleMinutes: config.sessionIdleMinutes,
    sessionHours: config.sessionHours,
    passcodeMinutes: config.passcodeMinutes,
    auditKeepDays: audit.keepDays,
    hasSyslog: audit.syslog !== undefined,
    smtpNeedsTls: smtp.requireTls,
    hasStaffSignOn: oidc.staff !== undefined,
  };
}

const keyPlaces = {
  file: 'in a keyring file',
  exec: 'by a command of yours',
  vault: 'in a keyring file that HashiCorp Vault seals',
} as const;
