// Owns the calls about TLS with our own mail servers: what our domains say by MTA-STS, each change of which is a version, and what
// others report. They look at no DNS.

import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { appendAudit } from '../audit/audit.store.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { OwnPolicies } from '../delivery/own-policies.ts';
import { recordsFor, stsPolicyFile, tlsRptRecord } from '../delivery/own-sts.ts';
import type { OwnStsList } from '../delivery/own-sts.store.ts';
import { listReports } from '../delivery/tls-reports.store.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { readVersionMatch } from './if-match.ts';
import { ownPolicyAsk, tlsReportsQuery } from './own-sts-schemas.ts';
import type { OwnPolicyList, TlsReportList } from './own-sts-schemas.ts';
import { noQuery } from './schemas.ts';

export interface OwnStsRouteDeps extends KeyDeps {
  readonly ownPolicies: OwnPolicies;
  readonly publicUrl: string;
  /** Where others are told to send their reports, as on the page. */
  readonly tlsReportUris: string;
}

export function ownStsRoutes(deps: OwnStsRouteDeps): Router {
  const { db, vault, ownPolicies, publicUrl, tlsReportUris } = deps;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/mta-sts', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    send(res, await ownPolicies.newest());
  });

  router.put('/v1/mta-sts/:domain', ...mayWrite, express.json({ limit: '64kb' }), async (req, res) => {
    await save(req, res, ownPolicyAsk.strict().parse(req.body ?? {}));
  });

  router.delete('/v1/mta-sts/:domain', ...mayWrite, async (req, res) => {
    const { policies } = await ownPolicies.newest();
    if (!policies.some(({ domain }) => domain === domainOf(req))) {
      throw new AppError('request/not-found', 'This domain says nothing by MTA-STS.');
    }
    await save(req, res, undefined);
  });

  router.get('/v1/tls-reports', ...mayRead, async (req, res) => {
    const { days, limit } = tlsReportsQuery.parse(req.query);
    const since = isoNow(vault.clock, -days * DAY_MS).slice(0, 10);
    // One more than is shown tells whether there are more.
    const reports = await listReports(vault.keyring, db, since, limit + 1);
    const shown = reports.slice(0, limit).map((report) => ({ ...report, failures: [...report.failures] }));
    const list: TlsReportList = { since, reports: shown, more: reports.length > limit };
    res.json(list);
  });

  return router;

  async function save(req: Request, res: Response, value: object | undefined): Promise<void> {
    noQuery.parse(req.query);
    const basedOn = readVersionMatch(req, 'the policies') ?? (await ownPolicies.newest()).version;
    const by = { actor: keyOf(req).id };
    const saved = await ownPolicies.save({
      domain: domainOf(req),
      value,
      basedOn,
      audit: (tx, details) => appendAudit(vault, tx, { event: 'mta-sts-changed', details: { ...by, ...details } }),
    });
    send(res, saved);
  }

  function send(res: Response, { version, policies }: OwnStsList): void {
    const portalHost = new URL(publicUrl).hostname;
    const list: OwnPolicyList = {
      policies: policies.map((policy) => ({
        ...policy,
        file: stsPolicyFile(policy),
        records: [...recordsFor(policy, portalHost), tlsRptRecord(policy.domain, tlsReportUris)],
      })),
    };
    res.set('ETag', `"${version}"`).json(list);
  }
}

// RFC 5890 section 2.3.2.1: letters of a domain are alike in both cases.
function domainOf(req: Request): string {
  return String(req.params['domain']).toLowerCase();
}
