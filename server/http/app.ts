// Owns the order in which every request is looked at, and nothing of what it asks for. What no route
// claims is answered 404: a page exists only by being named in a router.

import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';
import type { OwnPolicies } from '../delivery/own-policies.ts';
import { brandAssets } from './brand-assets.ts';
import { isSafe, refuseCrossSite } from './forged.ts';
import { leadToForm } from './form-page.ts';
import { formBody } from './forms.ts';
import { healthRoutes } from './health.routes.ts';
import { mtaStsRoutes } from './mta-sts.routes.ts';
import { oneATurn } from './one-a-turn.ts';
import { notFound, problemPages } from './problems.ts';
import { secondFactorGate } from './second-factor-gate.ts';
import { securityHeaders } from './security-headers.ts';
import type { Site } from './site.ts';
import { tlsReportRoutes } from './tls-reports.routes.ts';
import { visitor } from './visit.ts';

export interface AppParts {
  readonly site: Site;
  /** The style sheet, scripts and icons. */
  readonly staticFiles: RequestHandler;
  /** Of our own domains, by MTA-STS. */
  readonly ownPolicies: OwnPolicies;
  /** Answers before cookies and forms count: machines' routes. */
  readonly api: Router;
  readonly pages: readonly Router[];
  /** Say more of a page's refusal than can be said without knowing what it was about. */
  readonly explanations: readonly ErrorRequestHandler[];
}

export function createApp({ site, staticFiles, ownPolicies, api, pages, explanations }: AppParts): Express {
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', site.trustsProxy);
  app.use(securityHeaders(site.https));
  app.use((req, res, next) => {
    // Of what a proxy says only the peer counts: with this header Express would take a host from it as well.
    delete req.headers['x-forwarded-host'];
    res.setHeader('X-Robots-Tag', 'noindex, nofollow');
    next();
  });
  app.use(mtaStsRoutes(ownPolicies));
  app.use(healthRoutes(site));

  const root = express.Router();
  root.use('/static', staticFiles);
  root.use(brandAssets(site));
  // Behind this line everything is somebody's own: no cache keeps any of it, not even where it leads.
  root.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    next();
  });
  root.use('/api', api);
  root.use(tlsReportRoutes(site));
  root.use(refuseCrossSite(site.origin));
  root.use(oneATurn());
  root.use(visitor(site));
  root.use(secondFactorGate(site));
  root.use((req, res, next) => (isSafe(req) ? next() : formBody(req, res, next)));
  root.use(leadToForm(site));
  for (const router of pages) root.use(router);
  for (const explain of explanations) root.use(explain);
  app.use(site.base === '' ? '/' : site.base, root);

  app.use(notFound);
  app.use(problemPages(site));
  return app;
}
