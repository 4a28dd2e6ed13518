// Owns the call that tells the audit log. It changes nothing.

import { Router } from 'express';
import { filterOf } from '../audit/asked-for.ts';
import { listAudit } from '../audit/audit-list.store.ts';
import { loadCheckpoint } from '../audit/checkpoints.store.ts';
import { parseAddress } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { auditQuery } from './audit-schemas.ts';
import type { AuditList } from './audit-schemas.ts';
import { needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';

export function auditRoutes(deps: KeyDeps): Router {
  const { db, vault } = deps;
  const router = Router();

  router.get('/v1/audit', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    const { event, address, message, from, until, cursor, limit } = auditQuery.parse(req.query);
    const person = address === undefined ? undefined : parseAddress(address);
    const index = person === undefined ? undefined : addressIndex(vault.keyring, person);
    const filter = filterOf({ event, person: index, message, from, until });
    // One more than is shown tells whether there is another page.
    const found = await listAudit(vault.keyring, db, filter, { before: cursor, limit: limit + 1 });
    const entries = found.slice(0, limit);
    const list: AuditList = {
      entries,
      cursor: found.length > limit ? (entries.at(-1)?.seq ?? null) : null,
      checkpoint: (await loadCheckpoint(db))?.signed ?? null,
    };
    res.json(list);
  });

  return router;
}
