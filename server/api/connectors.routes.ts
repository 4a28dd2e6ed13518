// Owns the calls about connectors: all of them as one list, each change of which is a version.

import express, { Router } from 'express';
import { isDomain } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { withoutKey } from '../delivery/connector.ts';
import type { ConnectorList } from '../delivery/connectors.store.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { connectorsAsk } from './connector-schemas.ts';
import { readVersionMatch } from './if-match.ts';
import { noQuery } from './schemas.ts';

export interface ConnectorRouteDeps extends KeyDeps {
  readonly delivery: Pick<Delivery, 'connectors' | 'tests'>;
}

const BODY_BYTES_MAX = 2 * 1024 * 1024;

export function connectorRoutes(deps: ConnectorRouteDeps): Router {
  const { connectors, tests } = deps.delivery;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/connectors', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    const list = await connectors.newest();
    res.set('ETag', `"${list.version}"`).json(present(list));
  });

  router.put('/v1/connectors', ...mayWrite, express.json({ limit: BODY_BYTES_MAX }), async (req, res) => {
    noQuery.parse(req.query);
    const newest = await connectors.newest();
    const basedOn = readVersionMatch(req, 'the connectors') ?? newest.version;
    const { connectors: value, inbound } = connectorsAsk.parse(req.body);
    const saved = await connectors.save({ value, inbound, basedOn, actor: keyOf(req).id });
    res.set('ETag', `"${saved.version}"`).json(present(saved));
  });

  router.post('/v1/connectors/:domain/test', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    const { domain } = req.params;
    if (typeof domain !== 'string' || !isDomain(domain)) {
      throw new AppError('request/malformed', 'The path names no domain.');
    }
    res.json(await tests.test(domain));
  });

  return router;
}

function present({ connectors, inbound }: ConnectorList): {
  connectors: ReturnType<typeof withoutKey>[];
  inbound: ConnectorList['inbound'];
} {
  return { connectors: connectors.map(withoutKey), inbound };
}
