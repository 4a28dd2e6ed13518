// Owns what is counted and measured while the program runs, and is the only file that imports prom-client, the field's
// own library for it: buckets, escaping and Node's own figures are its business. A label is one of our own words: no
// address, id, path or text from outside ever is one.

import client from 'prom-client';
import type { Log, LogFields } from '../core/log.ts';

export interface Metrics {
  /** A log that counts each line by its event, written or not. */
  counting(log: Log): Log;
  /** `outcome`: what became of a submission. */
  countSubmission(road: string, outcome: 'accepted' | 'repeated' | 'refused' | 'failed'): void;
  /** Measures one request. @returns to be called when it is answered; `route` is a pattern, `/m/:token`. */
  startRequest(): (answered: { method: string; route: string; status: number }) => void;
  /** `value` is asked for each time somebody looks; where it cannot be had, NaN stands for it. */
  gauge(name: string, help: string, value: () => number | Promise<number>): void;
  /** All of it as Prometheus text, and the type of that. */
  text(): Promise<{ readonly type: string; readonly text: string }>;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Seconds: a page takes some milliseconds, a large download many seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new client.Registry();
  const registers = [registry];
  client.collectDefaultMetrics({ register: registry });
  const events = new client.Counter({
    name: 'sealpost_events_total',
    help: 'Events, by the name and level they have in the log',
    labelNames: ['event', 'level'] as const,
    registers,
  });
  const submissions = new client.Counter({
    name: 'sealpost_submissions_total',
    help: 'Messages handed in, by the road they came and what became of them',
    labelNames: ['road', 'outcome'] as const,
    registers,
  });
  const requests = new client.Histogram({
    name: 'sealpost_http_request_duration_seconds',
    help: 'HTTP requests, from their first line to the end of the answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS,
    registers,
  });

  function counting(log: Log): Log {
    const write = (level: (typeof LEVELS)[number]) => (event: string, fields?: LogFields) => {
      events.inc({ event, level });
      log[level](event, fields);
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => counting(log.child(fields)),
    };
  }

  return {
    counting,
    countSubmission: (road, outcome) => submissions.inc({ road, outcome }),
    startRequest: () => {
      const end = requests.startTimer();
      // Anybody may make up a method, and each would be a series of its own.
      return ({ method, route, status }) => end({ method: METHODS.has(method) ? method : 'other', route, status });
    },
    gauge: (name, help, value) => {
      const gauge = new client.Gauge({
        name,
        help,
        registers,
        collect: async () => {
          try {
            gauge.set(await value());
          } catch {
            gauge.set(NaN);
          }
        },
      });
    },
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
