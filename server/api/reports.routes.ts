// Owns the call that makes a report. It changes nothing.

import { Router } from 'express';
import { AppError } from '../core/errors.ts';
import type { Report, ReportKind } from '../reports/report.ts';
import type { MakeReport } from '../reports/reports.ts';
import type { WrittenPdf } from '../viewing/text-pdf.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import type { ReportView } from './report-schemas.ts';
import { noQuery } from './schemas.ts';

export interface ReportRouteDeps extends KeyDeps {
  readonly makeReport: MakeReport;
  readonly kindIn: (text: unknown) => ReportKind | undefined;
  readonly writePdf: (report: Report, madeFor: string) => Promise<WrittenPdf>;
}

export function reportRoutes(deps: ReportRouteDeps): Router {
  const router = Router();

  router.get('/v1/reports/:report', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    noQuery.parse(req.query);
    const kind = deps.kindIn(req.params['report']);
    if (kind === undefined) throw new AppError('request/not-found', 'There is no such report.');
    const report = await deps.makeReport(kind);
    res.vary('Accept');
    if (req.accepts('application/json', 'application/pdf') === 'application/pdf') {
      const { pdf } = await deps.writePdf(report, keyOf(req).id);
      res.type('application/pdf').send(pdf);
    } else res.json(presentReport(report));
  });

  return router;
}

function presentReport({ kind, title, about, madeAt, facts, sections }: Report): ReportView {
  return {
    kind,
    title,
    about: [...about],
    madeAt,
    facts: facts.map(([name, value]) => ({ name, value })),
    sections: sections.map(({ id, title: heading, means, findings }) => ({
      id,
      title: heading,
      means,
      findings: findings.map(({ subject, words, state, control, evidence }) => ({
        subject,
        words,
        state,
        ...(control === undefined ? {} : { control }),
        ...(evidence === undefined ? {} : { evidence: [...evidence] }),
      })),
    })),
  };
}
