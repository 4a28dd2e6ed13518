// Owns making a report by its kind.

import { isoNow } from '../core/clock.ts';
import { compliance } from './compliance.ts';
import { gatherEvidence } from './evidence.ts';
import type { EvidenceDeps } from './evidence.ts';
import { policyReview } from './policy-review.ts';
import type { PolicyReviewDeps } from './policy-review.ts';
import type { Report, ReportKind } from './report.ts';

/** makeReport, with its dependencies given. */
export type MakeReport = (kind: ReportKind) => Promise<Report>;

export function bindReports(deps: PolicyReviewDeps & EvidenceDeps): MakeReport {
  return async (kind) =>
    kind === 'policy-review' ? policyReview(deps) : compliance(await gatherEvidence(deps), isoNow(deps.vault.clock));
}
