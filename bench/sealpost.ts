// Owns a Sealpost under measurement, seen from outside: in a process of its own, with the settings of production,
// its data on the disk that is measured.

import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { SelectQueryBuilder } from 'kysely';
import { loadConfig } from '../server/config.ts';
import type { Config } from '../server/config.ts';
import { systemClock } from '../server/core/clock.ts';
import type { Tables } from '../server/db/tables.ts';
import { openStore } from '../server/store.ts';
import type { Store } from '../server/store.ts';
import { startChild } from './child.ts';
import { WORKER_RUNS } from './self-report.ts';
import type { SelfReport } from './self-report.ts';
import type { Bench } from './benchmark.ts';
import { freePort } from '../test/support/free-port.ts';
import { productionEnv } from '../test/support/production.ts';

export interface Sealpost {
  readonly pid: number;
  readonly config: Config;
  /** Where a proxy would speak to it. */
  readonly url: string;
  readonly smtpPort: number;
  /** Its own view of itself since it was last asked. */
  report(): Promise<SelfReport>;
  /** The same, and from now on it watches its event loop. */
  watchLoop(): Promise<SelfReport>;
  /** Its data, opened beside it, for as long as `look` takes. */
  withStore<T>(look: (store: Store) => Promise<T>): Promise<T>;
  /** How many messages it keeps. */
  messages(): Promise<number>;
  /** How many pieces of work wait or are under way. */
  waitingJobs(): Promise<number>;
  stop(): Promise<void>;
}

export interface SealpostOptions {
  /** Settings beside those of production. */
  readonly env?: Readonly<Record<string, string>>;
  /** Let it send mail as well. */
  readonly workerRuns?: boolean;
}

export async function startSealpost(bench: Bench, options: SealpostOptions = {}): Promise<Sealpost> {
  const dir = await mkdtemp(join(bench.dir, 'sealpost-'));
  const dataDir = join(dir, 'data');
  await mkdir(dataDir);
  const env = { ...productionSettings(dataDir, await freePort()), ...options.env };
  const config = loadConfig(env);
  const child = await startChild(bench, join(import.meta.dirname, 'sealpost-process.ts'), {
    dir,
    env: { ...env, ...(options.workerRuns === true ? { [WORKER_RUNS]: '1' } : {}) },
    profileDir: bench.profileDir,
  });
  const { http, smtp } = child.ready as SelfReport; // sealpost-process.ts sends nothing else
  const withStore = async <T>(look: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openStore(config, systemClock);
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  };
  return {
    pid: child.pid,
    config,
    url: `http://${http}`,
    smtpPort: Number(smtp.split(':').at(-1)),
    report: async () => (await child.ask('report')) as SelfReport, // as above
    watchLoop: async () => (await child.ask('watch')) as SelfReport, // as above
    withStore,
    messages: () => withStore(({ db }) => countRows(db.selectFrom('messages'))),
    waitingJobs: () =>
      withStore(({ db }) => countRows(db.selectFrom('outbox').where('state', 'in', ['ready', 'leased']))),
    stop: () => child.stop(),
  };
}

async function countRows(rows: SelectQueryBuilder<Tables, 'messages' | 'outbox', object>): Promise<number> {
  const { count } = await rows.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return count;
}

/** As behind a proxy that speaks TLS for it. Nobody listens where the relay should be. */
export function productionSettings(dataDir: string, httpPort: number): Record<string, string> {
  return {
    ...productionEnv,
    DATA_DIR: dataDir,
    HTTP_LISTEN: `127.0.0.1:${httpPort}`,
    TRUST_PROXY: '127.0.0.0/8',
    SMTP_LISTEN: '127.0.0.1:0',
  };
}
