// Owns what probes ask: is the process there, and can it do its work.

import { Router } from 'express';
import type { Site } from './site.ts';

export function healthRoutes(site: Site): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.type('text/plain').send('ok\n');
  });

  router.get('/readyz', async (_req, res) => {
    const { ready, answer } = await site.readiness();
    res
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(answer);
  });

  return router;
}
