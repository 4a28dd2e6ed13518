// Owns the process of a Sealpost under measurement: the real program, composed as server/main.ts does it, but with
// its worker at rest unless told otherwise, and with a clock on its event loop. `sealpost.ts` starts it.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { compose } from '../server/compose.ts';
import { loadConfig } from '../server/config.ts';
import { systemClock } from '../server/core/clock.ts';
import { createLog } from '../server/core/log.ts';
import { ensureMigrated } from '../server/db/migrate.ts';
import { openStore } from '../server/store.ts';
import { WORKER_RUNS } from './self-report.ts';
import type { SelfReport } from './self-report.ts';

const SAMPLE_MS = 1;

const config = loadConfig(process.env);
const log = createLog({ level: config.logLevel, pretty: false });
const store = await openStore(config, systemClock);
await ensureMigrated(store.db);
const program = await compose(config, store, systemClock, log);
const where = await program.listen({ worker: process.env[WORKER_RUNS] !== undefined });
const loop = monitorEventLoopDelay({ resolution: SAMPLE_MS });

let loopWorkedMs = 0;
let turn = process.threadCpuUsage();

function watchWork(): void {
  const { user, system } = process.threadCpuUsage(turn);
  loopWorkedMs = Math.max(loopWorkedMs, (user + system) / 1000);
  turn = process.threadCpuUsage();
}

function report(): void {
  const { user, system } = process.cpuUsage();
  // Each sample holds the interval it waited for on purpose.
  const loopBlockedMs = Math.max(0, (loop.count === 0 ? 0 : loop.max / 1e6) - SAMPLE_MS);
  loop.reset();
  process.send?.({ ...where, loopBlockedMs, loopWorkedMs, cpuMs: (user + system) / 1000 } satisfies SelfReport);
  loopWorkedMs = 0;
}

process.on('message', (asked) => {
  // Only when it is wanted: a timer every millisecond is work.
  if (asked === 'watch' && loop.enable()) {
    turn = process.threadCpuUsage();
    setInterval(watchWork, SAMPLE_MS).unref();
  }
  report();
});
process.once('SIGTERM', () => void program.close().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(1));
report();
