// Owns the calls about API keys. A key is in the answer to its making and in no other.

import express, { Router } from 'express';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '../signin/api-keys.store.ts';
import { wantedKey } from '../signin/wanted-key.ts';
import { newApiKey } from './api-keys-schemas.ts';
import type { ApiKeyList, MadeApiKey } from './api-keys-schemas.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { noQuery } from './schemas.ts';

export interface ApiKeyRouteDeps extends KeyDeps {
  readonly orgDomains: readonly string[];
}

export function apiKeyRoutes(deps: ApiKeyRouteDeps): Router {
  const { db, vault, orgDomains } = deps;
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/api-keys', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    noQuery.parse(req.query);
    const keys = await listApiKeys(vault, db);
    const list: ApiKeyList = {
      keys: keys.map((key) => ({
        ...key,
        scopes: [...key.scopes],
        senders: [...key.senders],
        madeBy: key.madeBy ?? null,
      })),
    };
    res.json(list);
  });

  router.post('/v1/api-keys', ...mayWrite, express.json({ limit: '64kb' }), async (req, res) => {
    noQuery.parse(req.query);
    const { name, scopes, senders, expires } = newApiKey.parse(req.body ?? {});
    const wanted = wantedKey({ name, scopes, senders, expires }, orgDomains, vault.clock.nowMs());
    const made: MadeApiKey = await inTransaction(db, async (tx) => {
      // Whoever made the key that makes it: no key gets rid of its maker.
      const created = await createApiKey(vault, tx, { ...wanted, madeBy: keyOf(req).madeBy });
      const details = { actor: keyOf(req).id, key: created.id, name, scopes: wanted.scopes };
      await appendAudit(vault, tx, { event: 'api-key-created', details });
      return created;
    });
    res.status(201).json(made);
  });

  router.delete('/v1/api-keys/:key', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    const key = typeof req.params['key'] === 'string' ? req.params['key'] : '';
    const revoked = await inTransaction(db, async (tx) => {
      if (!(await revokeApiKey(vault, tx, key))) return false;
      await appendAudit(vault, tx, { event: 'api-key-revoked', details: { actor: keyOf(req).id, key } });
      return true;
    });
    if (!revoked) throw new AppError('request/not-found', 'There is no key in use with this id.');
    res.status(204).end();
  });

  return router;
}
