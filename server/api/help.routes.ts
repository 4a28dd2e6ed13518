// Owns the calls of the help desk: notices once more, and an address unlocked. They tell nothing of whom they are about.

import express, { Router } from 'express';
import type { Help } from '../admin/help.ts';
import { parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { helpAsk, noQuery } from './schemas.ts';

export interface HelpRouteDeps extends KeyDeps {
  readonly help: Help;
}

export function helpRoutes(deps: HelpRouteDeps): Router {
  const router = Router();
  for (const [path, what] of [
    ['/v1/help-desk/notices', 'sendNotices'],
    ['/v1/help-desk/unlock', 'unlock'],
  ] as const) {
    router.post(path, needsScope(deps, 'admin:write'), unbound, express.json({ limit: '4kb' }), async (req, res) => {
      noQuery.parse(req.query);
      const address = parseAddress(helpAsk.parse(req.body ?? {}).address);
      if (address === undefined) throw new AppError('request/malformed', 'address is no mail address.');
      const { id } = keyOf(req);
      await deps.help[what](address, { counted: id, told: { actor: id } });
      res.status(204).end();
    });
  }
  return router;
}
