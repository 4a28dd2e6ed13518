// Owns the calls about the policy: as a whole, its versions, and its parts, each change of which is a version of the
// whole.

import express, { Router } from 'express';
import type { Request } from 'express';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import type { Rulebook, Saved } from '../rulebook/rulebook.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { readVersionMatch } from './if-match.ts';
import { readPolicyBody, sendPolicy } from './policy-body.ts';
import { noteQuery, restorePolicyAsk, versionsQuery } from './policy-schemas.ts';
import type { PolicyVersionList, PolicyVersionView } from './policy-schemas.ts';
import { presentHits, ruleHitsQuery } from './rule-hits.ts';
import type { RuleDayCount, RuleHitList } from './rule-hits.ts';
import { noQuery } from './schemas.ts';

export interface PolicyRouteDeps extends KeyDeps {
  readonly rulebook: Rulebook;
  /** How often each rule met a mail since this day. */
  readonly ruleDays: (sinceDay: string) => Promise<readonly RuleDayCount[]>;
}

/** What has calls of its own. */
export const policyParts = ['templates', 'rules', 'labels', 'groups'] as const;

export function policyRoutes(deps: PolicyRouteDeps): Router {
  const { rulebook } = deps;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/policy', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    const { version, value } = await rulebook.newest();
    sendPolicy(req, res, version, fieldsOf(value));
  });

  router.put('/v1/policy', ...mayWrite, async (req, res) => {
    const { note = '' } = noteQuery.parse(req.query);
    const basedOn = await basis(req);
    const value = await readPolicyBody(req);
    const saved = await rulebook.save({ value, basedOn, note, ...actorOf(req) });
    sendPolicy(req, res, saved.version, saved.document);
  });

  router.get('/v1/policy/versions', ...mayRead, async (req, res) => {
    const { cursor, limit } = versionsQuery.parse(req.query);
    const page = { limit, ...(cursor === undefined ? {} : { before: cursor }) };
    const versions = await rulebook.versions(page);
    const last = versions.length === limit ? versions.at(-1)?.version : undefined;
    const list: PolicyVersionList = { versions: versions.map(presentVersion), cursor: last ?? null };
    res.json(list);
  });

  router.get('/v1/policy/versions/:n', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    const { version, value } = await rulebook.version(numberIn(req));
    sendPolicy(req, res, version, fieldsOf(value));
  });

  router.post('/v1/policy/versions/:n/restore', ...mayWrite, express.json({ limit: '64kb' }), async (req, res) => {
    noQuery.parse(req.query);
    const version = numberIn(req);
    const { note = '' } = restorePolicyAsk.parse(req.body ?? {});
    const basedOn = await basis(req);
    const saved = await rulebook.goBack(version, { basedOn, note, ...actorOf(req) });
    sendPolicy(req, res, saved.version, saved.document);
  });

  router.get('/v1/rules/hits', ...mayRead, async (req, res) => {
    const { days } = ruleHitsQuery.parse(req.query);
    const from = isoNow(deps.vault.clock, -(days - 1) * DAY_MS).slice(0, 10);
    const { value } = await rulebook.newest();
    const list: RuleHitList = { from, rules: presentHits(value, await deps.ruleDays(from)) };
    res.json(list);
  });

  for (const part of policyParts) {
    router.get(`/v1/${part}`, ...mayRead, async (req, res) => {
      noQuery.parse(req.query);
      const { version, value } = await rulebook.newest();
      sendPolicy(req, res, version, { [part]: fieldsOf(value)[part] });
    });

    router.put(`/v1/${part}`, ...mayWrite, async (req, res) => {
      const { note = '' } = noteQuery.parse(req.query);
      const basedOn = await basis(req);
      const given = readPart(await readPolicyBody(req), part);
      const saved: Saved = await rulebook.save({
        value: { ...fieldsOf((await rulebook.version(basedOn)).value), [part]: given },
        basedOn,
        note,
        ...actorOf(req),
      });
      sendPolicy(req, res, saved.version, { [part]: saved.document[part] });
    });
  }

  return router;

  async function basis(req: Request): Promise<number> {
    const newest = await rulebook.newest();
    const basedOn = readVersionMatch(req, 'the policy') ?? newest.version;
    if (basedOn === newest.version) return basedOn;
    throw new AppError('request/outdated', 'The policy has another version by now. Get it, and change that one.');
  }
}

export function presentVersion({ version, at, actor, note, changed }: PolicyVersionView): PolicyVersionView {
  return { version, at, actor, note, changed };
}

function actorOf(req: Request): { actor: string } {
  return { actor: keyOf(req).id };
}

function numberIn(req: Request): number {
  const { n } = req.params;
  return typeof n === 'string' && /^\d{1,10}$/.test(n) ? Number(n) : Number.NaN;
}

function readPart(value: unknown, part: (typeof policyParts)[number]): unknown {
  const fields = fieldsOf(value);
  const others = Object.keys(fields).filter((name) => name !== part);
  if (part in fields && others.length === 0) return fields[part];
  throw new PolicyFaults([{ path: '', says: `has to hold ${part} and nothing else` }]);
}
