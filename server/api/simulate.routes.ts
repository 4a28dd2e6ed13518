// Owns the calls that try a policy out: on one message, and on what was taken in within the last days. What the rules say of
// a mail tells about the rules, and what they say of all mails about everybody: that is for administrators.

import { Router } from 'express';
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { readDocumentText } from '../policy/document-text.ts';
import type { Policy } from '../policy/policy.ts';
import type { Replays } from '../simulator/replays.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import { readPolicyBody } from './policy-body.ts';
import { replayQuery } from './policy-schemas.ts';
import { noQuery, simulateAsk } from './schemas.ts';
import { submissionOf } from './submission.ts';
import { tryForm } from './trial-form.ts';
import type { TrialFormDeps } from './trial-form.ts';

export interface SimulateRouteDeps extends TrialFormDeps {
  readonly replays: Replays;
}

export function simulateRoutes(deps: SimulateRouteDeps): Router {
  const { rulebook, replays } = deps;
  const router = Router();

  router.post('/v1/simulate', needsScope(deps, 'admin:read'), async (req, res) => {
    if ('days' in req.query) {
      checkMayReplay(req);
      const { days } = replayQuery.parse(req.query);
      const draft = hasBody(req) ? rulebook.draft(await readPolicyBody(req)) : undefined;
      const { id } = await replays.begin({ days, draft, actor: keyOf(req).id });
      res
        .status(202)
        .location(`${req.baseUrl}/v1/simulate/${id}`)
        .json(await replays.get(id));
      return;
    }
    if (req.is('multipart/form-data') === 'multipart/form-data') {
      res.json(await tryForm(deps, req));
      return;
    }
    let draft: Policy | undefined;
    const submission = submissionOf(deps, req, (value) => {
      const { policy, ...message } = simulateAsk.parse(value);
      // By the road that its text would take, with the same limits.
      if (policy !== undefined) draft = rulebook.draft(readDocumentText(JSON.stringify(policy)));
      return message;
    });
    res.json(await deps.simulate(submission, () => draft));
  });

  router.get('/v1/simulate/:replay', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    noQuery.parse(req.query);
    const { replay: id } = req.params;
    res.json(await replays.get(typeof id === 'string' ? id : ''));
  });

  return router;
}

/** It opens everybody's mail, and stays on record. */
function checkMayReplay(req: Request): void {
  const { scopes, senders } = keyOf(req);
  if (scopes.includes('admin:write') && senders.length === 0) return;
  throw new AppError('request/forbidden', 'This takes a key with the scope admin:write that is bound to no sender.');
}

function hasBody(req: Request): boolean {
  // RFC 9112 section 6.3
  return req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
}
