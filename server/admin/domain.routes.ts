// Owns the page that shows what the world sees of the organisation's own domains in the DNS, and what should stand there. It
// looks when it is asked for, and changes nothing.

import { Router } from 'express';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay } from '../http/visit.ts';
import type { DomainChecks } from '../own-domains/domain-checks.ts';
import type { DomainsReport, ToldFinding } from '../own-domains/report.ts';
import { moment } from '../render/moment.ts';
import type { DomainFinding } from '../render/page-models/domain.ts';
import type { StateView } from '../render/page-models/parts.ts';

export interface DomainPagesDeps {
  readonly site: Site;
  readonly domains: DomainChecks;
}

export function domainPages({ site, domains }: DomainPagesDeps): Router {
  const path = `${site.base}/admin/domain`;
  const router = Router();

  router.get('/admin/domain', async (req, res) => {
    checkMay(req, 'settings:read');
    const report = await domains.look();
    await sendPage(site, req, res, {
      name: 'domain',
      title: 'Domain',
      at: 'domain',
      model: {
        here: path,
        setupUrl: `${site.base}/admin/setup`,
        looked: moment(report.at, site.clock.nowMs()),
        summary: summaryOf(report),
        domains: report.domains.map(({ domain, uses, findings }) => ({
          domain,
          uses: uses.join('; '),
          findings: findings.map(findingView),
        })),
      },
    });
  });

  return router;
}

export function summaryOf({ bad, open }: DomainsReport): StateView {
  if (bad > 0) return { words: `${bad} to be mended`, tone: 'bad' };
  return open > 0
    ? { words: `${open} could be better or are not known`, tone: 'waiting' }
    : { words: 'In order', tone: 'good' };
}

function findingView({ title, state, tone, says, cure = '', found, publish, file }: ToldFinding): DomainFinding {
  return {
    title,
    state: { words: state, tone },
    says,
    cure,
    found,
    ...(publish === undefined ? {} : { publish }),
    ...(file === undefined ? {} : { file }),
  };
}
