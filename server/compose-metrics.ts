// Owns the wiring of the figures: what is asked of the parts when somebody looks, and the listener that answers. Where
// METRICS_LISTEN is not set, none of it is loaded.

import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import { hasCode } from './core/errors.ts';
import type { Log } from './core/log.ts';
import { createHttpServer } from './http/server.ts';
import type { Metrics } from './metrics/metrics.ts';
import { queueAgeMs } from './outbox/outbox.store.ts';
import type { Store } from './store.ts';

export interface MetricsPart {
  readonly metrics: Metrics;
  listen(): Promise<void>;
  close(): Promise<void>;
}

export async function composeMetrics(
  config: Config,
  store: Store,
  clock: Clock,
  log: Log,
): Promise<MetricsPart | undefined> {
  const where = config.metrics;
  if (where === undefined) return undefined;
  const { createMetrics } = await import('./metrics/metrics.ts');
  const { answerMetrics } = await import('./metrics/answer.ts');
  const metrics = createMetrics();
  metrics.gauge(
    'sealpost_queue_age_seconds',
    'How long the oldest job that is due has waited',
    async () => (await queueAgeMs(store.db, clock)) / 1_000,
  );
  const server = createHttpServer(answerMetrics(metrics, log));
  return {
    metrics,
    listen: async () => {
      try {
        log.info('metrics.listening', { host: await server.listen(where) });
      } catch (error) {
        // Who tries the program out need not have asked for it, and a second one beside it is welcome.
        if (!config.tryOut || !hasCode(error, 'EADDRINUSE')) throw error;
        log.warn('metrics.not-listening', { host: `${where.host}:${where.port}` });
      }
    },
    close: () => server.close(),
  };
}
