// Owns the calls about the people who run this place and the delegates of shared mailboxes, read and replaced as a whole.

import express, { Router } from 'express';
import type { Response } from 'express';
import { AppError } from '../core/errors.ts';
import type { StoredRoster } from '../staff/staff.store.ts';
import type { Staffing } from '../staffing/staffing.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { peopleView } from './people-schemas.ts';
import { readVersionMatch } from './if-match.ts';
import { noQuery } from './schemas.ts';

export interface PeopleRouteDeps extends KeyDeps {
  readonly staffing: Staffing;
}

export function peopleRoutes(deps: PeopleRouteDeps): Router {
  const { staffing } = deps;
  const router = Router();

  router.get('/v1/people', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    noQuery.parse(req.query);
    sendPeople(res, await staffing.load());
  });

  router.put(
    '/v1/people',
    needsScope(deps, 'admin:write'),
    unbound,
    express.json({ limit: '2mb' }),
    async (req, res) => {
      noQuery.parse(req.query);
      const { version } = await staffing.load();
      const basedOn = readVersionMatch(req, 'the people') ?? version;
      if (basedOn !== version) throw new AppError('request/outdated', 'The people have changed. Get them again.');
      const value = peopleView.parse(req.body ?? {});
      sendPeople(res, await staffing.save({ value, basedOn, actor: keyOf(req).id }));
    },
  );

  return router;
}

function sendPeople(res: Response, { version, roster }: StoredRoster): void {
  res.set('ETag', `"${version}"`).json(roster);
}
