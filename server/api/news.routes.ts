// Owns the calls about what a sender wishes to hear of. A key that is bound to others finds no such sender.

import express, { Router } from 'express';
import type { Request } from 'express';
import type { Address } from '../core/address.ts';
import { domainOf } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { inTransaction } from '../db/engine.ts';
import { loadWish, saveWish } from '../people/news.store.ts';
import { checkMayActFor, keyOf, needsScope } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { senderInPath, senderNotices } from './news-schemas.ts';
import { noQuery } from './schemas.ts';

export interface NewsRouteDeps extends KeyDeps {
  readonly orgDomains: readonly string[];
}

export function newsCalls(deps: NewsRouteDeps): Router {
  const { db, vault } = deps;
  const router = Router();

  router.get('/v1/senders/:address/notices', needsScope(deps, 'messages:read'), async (req, res) => {
    noQuery.parse(req.query);
    res.json(await loadWish(db, addressIndex(vault.keyring, senderOf(req))));
  });

  const json = express.json({ limit: '4kb' });
  router.put('/v1/senders/:address/notices', needsScope(deps, 'messages:send'), json, async (req, res) => {
    noQuery.parse(req.query);
    const sender = senderOf(req);
    const wish = senderNotices.parse(req.body ?? {});
    const index = addressIndex(vault.keyring, sender);
    await inTransaction(db, (tx) => saveWish(vault, tx, index, sender, wish));
    res.json(await loadWish(db, index));
  });

  return router;

  function senderOf(req: Request): Address {
    const sender = senderInPath.parse(req.params['address']);
    checkMayActFor(keyOf(req), sender);
    if (deps.orgDomains.includes(domainOf(sender))) return sender;
    throw new AppError('request/not-found', 'That is no sender of this organisation.');
  }
}
