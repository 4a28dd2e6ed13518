// Owns the page on which people who may change the policy lay down what our own domains say of their mail servers by MTA-STS, with
// the records to publish. It looks at no DNS.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.store.ts';
import { DAY_MS, SECOND_MS } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import type { OwnPolicies } from '../delivery/own-policies.ts';
import { recordsFor, stsPolicyFile, tlsRptRecord } from '../delivery/own-sts.ts';
import type { OwnPolicy } from '../delivery/own-sts.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { tlsReportUris } from '../http/tls-reports.routes.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { OwnDomainView } from '../render/page-models/mta-sts.ts';

export interface MtaStsPagesDeps {
  readonly site: Site;
  readonly policies: OwnPolicies;
  readonly portalHost: string;
}

const text = z.string().max(10_000).default('');
const saveForm = z.object({
  version: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number),
  domain: z.string().max(253),
  mode: text,
  mx: text,
  days: text,
});
type SavedForm = z.output<typeof saveForm>;

const DAY_SECONDS = DAY_MS / SECOND_MS;
const DAYS_DEFAULT = 7;

export function mtaStsPages({ site, policies, portalHost }: MtaStsPagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/mta-sts`;
  const places = { portalHost, reportsUri: tlsReportUris(site) };

  router.get('/admin/mta-sts', async (req, res) => {
    checkMay(req, 'policy:read');
    await send(req, res, 200);
  });

  router.post('/admin/mta-sts', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const form = readForm(req, saveForm);
    const by = { actor: session.address, network: visitOf(req).network };
    try {
      await policies.save({
        domain: form.domain,
        value: form.mode === 'off' ? undefined : valueOf(form),
        basedOn: form.version,
        audit: (tx, details) =>
          appendAudit(site.vault, tx, { event: 'mta-sts-changed', details: { ...by, ...details } }),
      });
    } catch (error) {
      if (!isRefusal(error, 'request/malformed', 'request/outdated')) throw error;
      return send(req, res, error.code === 'request/outdated' ? 412 : 422, { form, problem: error.message });
    }
    leadDone(site, req, res, path, 'saved');
  });

  return router;

  async function send(
    req: Request,
    res: Response,
    status: number,
    typed?: { readonly form: SavedForm; readonly problem: string },
  ): Promise<void> {
    const { version, policies: list } = await policies.newest();
    const views = site.orgDomains.map((domain, n) => {
      const view = domainView(
        domain,
        n,
        list.find((one) => one.domain === domain),
        places,
      );
      if (typed?.form.domain !== domain) return view;
      const { mode, mx, days } = typed.form;
      return { ...view, mode, mx, days, problem: typed.problem };
    });
    await sendPage(site, req, res, {
      name: 'mta-sts',
      title: 'MTA-STS',
      at: 'mta-sts',
      status,
      done:
        doneHere(site, req) === 'saved'
          ? 'Saved, and served from now on. Publish the records as they stand here.'
          : undefined,
      model: { action: path, version, mayWrite: mayHere(req, 'policy:write'), domains: views, portalHost },
    });
  }
}

interface Places {
  readonly portalHost: string;
  /** Where others send their reports about TLS. */
  readonly reportsUri: string;
}

/** What the form says; it is checked where it is saved. */
function valueOf({ mode, mx, days }: SavedForm): object {
  return {
    mode,
    mx: mx.split(/[\s,]+/).filter((entry) => entry !== ''),
    maxAgeSeconds: /^\d{1,4}$/.test(days.trim()) ? Number(days) * DAY_SECONDS : Number.NaN,
  };
}

function domainView(
  domain: string,
  n: number,
  policy: OwnPolicy | undefined,
  { portalHost, reportsUri }: Places,
): OwnDomainView {
  const view = { domain, n, url: `https://mta-sts.${domain}/.well-known/mta-sts.txt` };
  if (policy === undefined) {
    return { ...view, isOn: false, mode: 'off', mx: '', days: String(DAYS_DEFAULT), records: [] };
  }
  return {
    ...view,
    isOn: true,
    mode: policy.mode,
    mx: policy.mx.join('\n'),
    days: String(Math.max(1, Math.round(policy.maxAgeSeconds / DAY_SECONDS))),
    file: stsPolicyFile(policy),
    records: [...recordsFor(policy, portalHost), tlsRptRecord(domain, reportsUri)],
  };
}
