// Owns the calls about how the house runs: the queue, what may be done about it, and the figures. Nothing of a mail is told.

import { Router } from 'express';
import type { ChangeQueue, QueueChange } from '../admin/change-queue.ts';
import { AppError } from '../core/errors.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import type { CountedFigure } from '../figures/figures.store.ts';
import { countQueue, listQueue } from '../outbox/queue.store.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { figuresQuery, jobId, queueQuery } from './operation-schemas.ts';
import type { FigureList, QueueList } from './operation-schemas.ts';
import { noQuery } from './schemas.ts';

export interface OperationRouteDeps extends KeyDeps {
  readonly changeQueue: ChangeQueue;
  /** All figures from this day on. */
  readonly figures: (sinceDay: string) => Promise<readonly CountedFigure[]>;
}

export function operationRoutes(deps: OperationRouteDeps): Router {
  const { db, vault, changeQueue, figures } = deps;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/queue', ...mayRead, async (req, res) => {
    const { limit } = queueQuery.parse(req.query);
    // One more than is shown tells whether there are more.
    const jobs = await listQueue(db, limit + 1);
    const list: QueueList = {
      jobs: jobs.slice(0, limit).map((job) => ({
        id: job.id,
        kind: job.kind,
        state: job.state,
        attempts: job.attempts,
        error: job.last_error,
        createdAt: job.created_at,
        nextAt: job.state === 'ready' ? job.next_at : null,
        messageId: job.message_id,
      })),
      more: jobs.length > limit,
    };
    res.json(list);
  });

  router.post('/v1/queue/retry-all', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    await changeQueue({ what: 'retry-all' }, { actor: keyOf(req).id });
    res.status(204).end();
  });

  for (const what of ['retry', 'give-up'] as const) {
    router.post(`/v1/queue/:job/${what}`, ...mayWrite, async (req, res) => {
      noQuery.parse(req.query);
      const job = jobId.safeParse(req.params['job']);
      const change: QueueChange | undefined = job.success ? { what, job: job.data } : undefined;
      if (change === undefined || !(await changeQueue(change, { actor: keyOf(req).id }))) {
        throw new AppError('request/not-found', 'There is no job with this id that waits.');
      }
      res.status(204).end();
    });
  }

  router.get('/v1/figures', ...mayRead, async (req, res) => {
    const { days } = figuresQuery.parse(req.query);
    const since = isoNow(vault.clock, -(days - 1) * DAY_MS).slice(0, 10);
    const list: FigureList = { since, figures: [...(await figures(since))], queue: await countQueue(db) };
    res.json(list);
  });

  return router;
}
