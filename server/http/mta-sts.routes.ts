// Owns the one file of the hosts mta-sts.DOMAIN (RFC 8461 section 3.3). Under such a name nothing else of the portal exists: it is
// another origin, and not where anybody signs in.

import type { RequestHandler } from 'express';
import { stsPolicyFile } from '../delivery/own-sts.ts';
import type { OwnPolicies } from '../delivery/own-policies.ts';
import { notFound } from './problems.ts';

const PATH = '/.well-known/mta-sts.txt';

export function mtaStsRoutes(policies: Pick<OwnPolicies, 'domainOfHost' | 'of'>): RequestHandler {
  // No router: one that has let a request through goes on with it in another turn of the event loop.
  return async (req, res, next) => {
    const domain = policies.domainOfHost(hostOf(req.headers.host));
    if (domain === undefined) {
      next();
      return;
    }
    const isAsked = (req.method === 'GET' || req.method === 'HEAD') && req.path === PATH;
    const policy = isAsked ? await policies.of(domain) : undefined;
    if (policy === undefined) {
      notFound(req, res, next);
      return;
    }
    // The exact type and no other word: whoever gets it compares.
    res.setHeader('Content-Type', 'text/plain');
    res.setHeader('Cache-Control', 'no-cache');
    res.end(stsPolicyFile(policy));
  };
}

/** Without its port, in lower case. */
function hostOf(header = ''): string {
  return header.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}
