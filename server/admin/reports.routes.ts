// Owns the pages of the reports, and taking one along as a PDF. To everybody but administrators and auditors they do not exist.

import { Router } from 'express';
import type { Request } from 'express';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, visitOf } from '../http/visit.ts';
import { moment } from '../render/moment.ts';
import type { ReportPage } from '../render/page-models/reports.ts';
import type { Report, ReportKind } from '../reports/report.ts';
import type { MakeReport } from '../reports/reports.ts';
import type { WrittenPdf } from '../viewing/text-pdf.ts';

export interface ReportPagesDeps {
  readonly site: Site;
  readonly makeReport: MakeReport;
  readonly kindIn: (text: unknown) => ReportKind | undefined;
  readonly stateWords: Readonly<Record<Report['sections'][number]['findings'][number]['state'], string>>;
  readonly writePdf: (report: Report, madeFor: string) => Promise<WrittenPdf>;
}

export function reportPages({ site, makeReport, kindIn, stateWords, writePdf }: ReportPagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/reports`;

  router.get('/admin/reports', async (req, res) => {
    checkMay(req, 'reports:read');
    await sendPage(site, req, res, {
      name: 'reports',
      title: 'Reports',
      at: 'reports',
      model: {
        rows: [
          {
            title: 'Quarterly review of the policy',
            about:
              'Rules without hits, rules that make no difference, what nothing uses, what grows old, and who has not signed in.',
            url: `${path}/policy-review`,
            pdfUrl: `${path}/policy-review/report.pdf`,
          },
          {
            title: 'Compliance summary',
            about:
              'HIPAA, PCI DSS, GLBA and GDPR: each requirement, the control here, and its evidence as read from this system.',
            url: `${path}/compliance`,
            pdfUrl: `${path}/compliance/report.pdf`,
          },
        ],
      },
    });
  });

  router.get('/admin/reports/:report', async (req, res) => {
    checkMay(req, 'reports:read');
    const report = await makeReport(kindOf(req));
    await sendPage(site, req, res, { name: 'report', title: report.title, at: 'reports', model: pageOf(report) });
  });

  router.get('/admin/reports/:report/report.pdf', async (req, res) => {
    const { address: actor } = checkMay(req, 'reports:read');
    const report = await makeReport(kindOf(req));
    const { pdf } = await writePdf(report, actor);
    // As with all that is taken along, it is in the audit before the first byte leaves.
    await inTransaction(site.db, (tx) =>
      appendAudit(site.vault, tx, {
        event: 'report-taken',
        details: { actor, network: visitOf(req).network, report: report.kind },
      }),
    );
    res
      .set('Content-Disposition', attachmentHeader(`${report.kind}-${report.madeAt.slice(0, 10)}.pdf`))
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .type('application/pdf')
      .send(pdf);
  });

  return router;

  function kindOf(req: Request): ReportKind {
    const kind = kindIn(req.params['report']);
    if (kind === undefined) throw noSuchPage();
    return kind;
  }

  function pageOf(report: Report): ReportPage {
    return {
      title: report.title,
      about: report.about,
      made: moment(report.madeAt, site.clock.nowMs()),
      facts: report.facts.map(([name, value]) => ({ name, value })),
      pdfUrl: `${path}/${report.kind}/report.pdf`,
      backUrl: path,
      sections: report.sections.map(({ id, title, means, findings }) => ({
        id,
        title,
        means,
        isTable: findings.some(({ control }) => control !== undefined),
        findings: findings.map(({ subject, words, state, control = '', evidence = [], path: at }) => ({
          subject,
          words,
          state: { words: stateWords[state], tone: tones[state] },
          control,
          evidence,
          ...(at === undefined ? {} : { url: `${site.base}${at}` }),
        })),
      })),
    };
  }
}

const tones = { attention: 'waiting', met: 'good', 'in-part': 'waiting', 'not-met': 'bad', 'own-duty': 'off' } as const;
