// Owns the calls about what a sender wishes to hear of. A key that is bound to others is refused, and
// one that is bound to nobody needs the scope of administrators: these mails may name subjects.

import express, { Router } from 'express';
import type { Request } from 'express';
import { appendAudit } from '../audit/audit.store.ts';
import type { Address } from '../core/address.ts';
import { domainOf } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { inTransaction } from '../db/engine.ts';
import { loadWish, saveWish } from '../people/news.store.ts';
import type { ApiKey } from '../signin/api-keys.store.ts';
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
    checkMayChoose(keyOf(req));
    const wish = senderNotices.parse(req.body ?? {});
    const index = addressIndex(vault.keyring, sender);
    await inTransaction(db, async (tx) => {
      await saveWish(vault, tx, index, sender, wish);
      const chosen = (['firstRead', 'digest', 'subjects'] as const).filter((one) => wish[one]);
      const details = { actor: keyOf(req).id, address: sender, chosen };
      await appendAudit(vault, tx, { event: 'sender-notices-changed', details });
    });
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

function checkMayChoose({ senders, scopes }: ApiKey): void {
  if (senders.length > 0 || scopes.includes('admin:write')) return;
  throw new AppError('request/forbidden', 'A key that is not bound to this sender needs the scope admin:write.');
}
