// Owns the calls about setting the place up: the look at its own domains, and trying a relay. They change no setting.

import express, { Router } from 'express';
import type { RelayBench } from '../admin/relay-bench.ts';
import { AppError } from '../core/errors.ts';
import type { DomainChecks } from '../own-domains/domain-checks.ts';
import type { RelayTrial } from '../mail/courier-trial.ts';
import type { RelayFields, RelayTrialView } from '../render/page-models/setup.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { noQuery } from './schemas.ts';
import { relayAsk } from './setup-schemas.ts';

export interface SetupRouteDeps extends KeyDeps {
  readonly domains: DomainChecks;
  readonly relayTrials: {
    readonly bench: RelayBench;
    readonly told: (asked: RelayFields, trial: RelayTrial) => Omit<RelayTrialView, 'result'>;
    readonly mailFrom: string;
  };
}

export function setupRoutes(deps: SetupRouteDeps): Router {
  const { bench, told, mailFrom } = deps.relayTrials;
  const router = Router();

  router.get('/v1/domains', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    noQuery.parse(req.query);
    res.json(await deps.domains.look());
  });

  router.post(
    '/v1/relay/try',
    needsScope(deps, 'admin:write'),
    unbound,
    express.json({ limit: '16kb' }),
    async (req, res) => {
      noQuery.parse(req.query);
      const { password, from = mailFrom, port, ...asked } = relayAsk.parse(req.body ?? {});
      const fields = { ...asked, from, port: String(port ?? (asked.security === 'tls' ? 465 : 587)) };
      const tried = await bench.tryOut({ ...fields, password }, { actor: keyOf(req).id, network: undefined });
      if ('problems' in tried) throw new AppError('request/malformed', tried.problems.join(' '));
      const { went, outcome, cure } = told(fields, tried);
      const { failedAt, code, enhanced, tls } = tried;
      res.json({ went, failedAt, code, enhanced, tls, outcome, cure });
    },
  );

  return router;
}
