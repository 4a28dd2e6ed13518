// Owns the call that sends a message.

import { Router } from 'express';
import { sendWhole } from '../http/send-whole.ts';
import type { Accept } from '../ingest/submission.ts';
import { needsScope } from './authorize.ts';
import { presentStored } from './present.ts';
import { submissionOf } from './submission.ts';
import type { SubmissionDeps } from './submission.ts';

export interface SendDeps extends SubmissionDeps {
  readonly accept: Accept;
}

export function sendRoutes(deps: SendDeps): Router {
  const router = Router();
  router.post('/v1/messages', needsScope(deps, 'messages:send'), async (req, res) => {
    const { id } = await deps.accept(submissionOf(deps, req));
    sendWhole(res, 201, 'application/json', JSON.stringify(await presentStored(deps, id)));
  });
  return router;
}
