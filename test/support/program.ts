// Owns a whole Sealpost for a test: the real program on free ports of loopback, its data in a folder of its
// own, its clock in the test's hand. Nothing in it is a stand-in but the clock.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compose } from '../../server/compose.ts';
import type { Program } from '../../server/compose.ts';
import { loadConfig } from '../../server/config.ts';
import type { ConfigRow } from '../../server/config-show.ts';
import type { Config } from '../../server/config.ts';
import type { Clock } from '../../server/core/clock.ts';
import { createLog } from '../../server/core/log.ts';
import { newToken } from '../../server/crypto/random.ts';
import { openDatabase } from '../../server/db/engine.ts';
import type { Db } from '../../server/db/engine.ts';
import { migrate } from '../../server/db/migrate.ts';
import type { Outside } from '../../server/net/post-outside.ts';
import type { Policy } from '../../server/policy/policy.ts';
import type { Provider } from '../../server/signin/oidc-providers.ts';
import { openStore } from '../../server/store.ts';
import type { Store } from '../../server/store.ts';
import type { ViewerLimits } from '../../server/viewing/viewer.ts';
import { Writable } from 'node:stream';
import { databaseNamed } from './postgres.ts';
import { freePort } from './free-port.ts';

/** A clock that only moves when told. Starts at the real time, so that certificates hold. */
export interface TestClock extends Clock {
  forward(ms: number): void;
}

export interface Running {
  readonly config: Config;
  readonly program: Program;
  readonly store: Store;
  readonly clock: TestClock;
  /** `http://localhost:PORT` */
  readonly url: string;
  readonly smtpPort: number;
  readonly dataDir: string;
  /** Everything that was logged, as written. */
  readonly logged: () => string;
  /** Lets the worker do all that is due. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly env?: Record<string, string>;
  /** Start on the data of an earlier run. */
  readonly dataDir?: string;
  readonly clock?: TestClock;
  /** False: the worker runs only when drained, so that tests see each step. */
  readonly workerRuns?: boolean;
  /** Stands between the program and its store, to do in the right moment what another process could do. */
  readonly around?: (store: Store) => Store;
  /** How long the worker's claims last without being renewed. */
  readonly leaseMs?: number;
  /** Issuers that are none of the settings', and how they are reached. */
  readonly providers?: readonly Provider[];
  readonly reach?: typeof fetch;
  /** Where webhooks may go, and how they get there. */
  readonly outside?: Outside;
  /** How long viewing a file may take; see `patient`. */
  readonly viewing?: ViewerLimits;
  /** What administrators decided; else nothing. */
  readonly policy?: () => Policy;
  /** What the page of settings shows. */
  readonly shownSettings?: readonly ConfigRow[];
  /** Where servers of others listen, instead of at 25 and 443. */
  readonly ports?: { readonly smtp: number; readonly https: number };
  /** Keep the folder when stopping. */
  readonly keep?: boolean;
}

/** A machine that is busy with other tests is slower than one that serves readers. */
export const patient: ViewerLimits = { viewMs: 100_000, paintMs: 60_000, convertMs: 60_000, waitMs: 60_000 };

export function testClock(startMs = Date.now()): TestClock {
  let offsetMs = 0;
  return {
    nowMs: () => startMs + offsetMs,
    forward: (ms) => {
      offsetMs += ms;
    },
  };
}

export async function startProgram(options: StartOptions = {}): Promise<Running> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sealpost-test-')));
  const clock = options.clock ?? testClock();
  // PUBLIC_URL has to be known before the port is; links and origin checks are made of it, listening is not.
  const httpPort = await freePort();
  const config = loadConfig({
    DATA_DIR: dataDir,
    HTTP_LISTEN: `127.0.0.1:${httpPort}`,
    PUBLIC_URL: `http://localhost:${httpPort}`,
    SMTP_LISTEN: '127.0.0.1:0',
    METRICS_LISTEN: '127.0.0.1:0',
    ...(await databaseOf(dataDir)),
    ...options.env,
  });
  const lines: string[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  const log = createLog({ level: 'debug', pretty: false, output });
  const opened = await openStore(config, clock);
  await migrate(opened.db);
  const store = options.around?.(opened) ?? opened;
  const program = await compose(config, store, clock, log, {
    leaseMs: options.leaseMs,
    providers: options.providers,
    reach: options.reach,
    outside: options.outside,
    viewing: options.viewing,
    inspecting: { partMs: 60_000, mailMs: 60_000 },
    policy: options.policy,
    ...(options.shownSettings === undefined ? {} : { shownSettings: options.shownSettings }),
    ports: options.ports,
  });
  const where = await program.listen({ worker: options.workerRuns ?? false });
  return {
    config,
    program,
    store,
    clock,
    url: config.portal.baseUrl.replace(/:\d+/, `:${where.http.split(':').at(-1)}`),
    smtpPort: Number(where.smtp.split(':').at(-1)),
    dataDir,
    logged: () => lines.join(''),
    drain: () => program.worker.drain(),
    stop: async () => {
      await program.close();
      if (options.keep !== true) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * The whole suite can be run on PostgreSQL: TEST_POSTGRES_URL names a server, on which each data folder then has a
 * database of its own.
 */
async function databaseOf(dataDir: string): Promise<{ DATABASE_URL?: string }> {
  const server = process.env['TEST_POSTGRES_URL'];
  return server === undefined ? {} : { DATABASE_URL: await databaseNamed(server, basename(dataDir)) };
}

/** An empty database, up to date, for tests of a store alone. */
export async function newTestDatabase(): Promise<Db> {
  const { DATABASE_URL: url } = await databaseOf(`store-${newToken()}`);
  const db = openDatabase(url === undefined ? { kind: 'sqlite', file: ':memory:' } : { kind: 'postgres', url });
  await migrate(db);
  return db;
}
