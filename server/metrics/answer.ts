// Owns what a scraper is answered: the figures at `/metrics`, nothing anywhere else. It knows no user: who may reach the
// listener may read them.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Log } from '../core/log.ts';
import type { Metrics } from './metrics.ts';

export function answerMetrics(metrics: Metrics, log: Log): RequestListener {
  return (req, res) => {
    void answer(metrics, req, res).catch((error: unknown) => {
      log.error('metrics.failed', { err: error });
      res.writeHead(500).end();
    });
  };
}

async function answer(metrics: Metrics, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.url?.split('?', 1)[0] !== '/metrics') {
    res.writeHead(404).end();
    return;
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const { type, text } = await metrics.text();
  res.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
}
