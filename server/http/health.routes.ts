// Owns what probes ask: is the process there, and can it do its work.

import { Router } from 'express';
import { SECOND_MS } from '../core/clock.ts';
import { checkDatabase } from '../db/engine.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { recentCheck } from './recent-check.ts';
import type { Site } from './site.ts';

// Trying it writes a file and waits for the disk, or for S3; anybody may ask, as often as they like.
const BLOBS_OK_KEPT_MS = 10 * SECOND_MS;

export function healthRoutes(site: Site): Router {
  const router = Router();
  const checks: Record<string, () => Promise<number | void>> = {
    database: () => checkDatabase(site.db),
    keyring: async () => {
      site.keyring.openRecord('ready 1', site.keyring.sealRecord('ready 1', 'ready'));
    },
    blobs: recentCheck(site.clock, BLOBS_OK_KEPT_MS, () => site.vault.blobs.check()),
    policy: async () => site.checkPolicy(),
    queueAgeSeconds: async () => Math.round((await queueAgeMs(site.db, site.clock)) / 1000),
  };

  router.get('/healthz', (_req, res) => {
    res.type('text/plain').send('ok\n');
  });

  router.get('/readyz', async (_req, res) => {
    const answer: Record<string, string | number> = {};
    let ready = true;
    for (const [name, check] of Object.entries(checks)) {
      try {
        answer[name] = (await check()) ?? 'ok';
      } catch (error) {
        ready = false;
        answer[name] = 'failed';
        site.log.error('ready.failed', { reason: name, err: error });
      }
    }
    res
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(answer);
  });

  return router;
}
