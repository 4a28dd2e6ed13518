// Owns the loop that empties the outbox: claim what is due under a lease, run a few at a time, sleep until
// kicked or a second has passed. It also sweeps what has run out. Any number of processes may run it.

import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, MINUTE_MS, isoNow } from '../core/clock.ts';
import { sweepCounters } from '../db/counters.ts';
import { COURIER_TIMEOUTS } from '../mail/courier.ts';
import { claimJobs, sweepOutbox } from '../outbox/outbox.store.ts';
import { sweepChallenges } from '../signin/codes.store.ts';
import { sweepSessions } from '../signin/sessions.store.ts';
import type { JobDeps } from './run-job.ts';
import { runJob } from './run-job.ts';

export interface Worker {
  start(): void;
  /** There is work: look now. */
  kick(): void;
  /** Runs everything that is due now, and what that causes, and returns. */
  drain(): Promise<void>;
  /** Stops after the jobs under way. */
  stop(): Promise<void>;
}

// Longer than the courier ever takes over one mail, so that a slow server does not get it twice.
const LEASE_MS = COURIER_TIMEOUTS.totalMs + MINUTE_MS;
const JOBS_AT_ONCE = 8;
const LOOK_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 10 * MINUTE_MS;
const SETTLED_KEPT_MS = 7 * DAY_MS;

export function createWorker(deps: JobDeps): Worker {
  let running: Promise<void> | undefined;
  let stopping = false;
  let wake = new AbortController();
  let sweptAtMs = 0;

  async function round(): Promise<boolean> {
    const jobs = await claimJobs(deps.vault, deps.db, JOBS_AT_ONCE, LEASE_MS);
    await Promise.all(jobs.map((job) => runJob(deps, job)));
    return jobs.length > 0;
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        if (await round()) continue;
        await sweep();
      } catch (error) {
        // The database's weather. The leases run out and the work is done later.
        deps.log.error('worker.failed', { err: error });
      }
      await pause();
    }
  }

  async function sweep(): Promise<void> {
    const nowMs = deps.vault.clock.nowMs();
    if (nowMs - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = nowMs;
    const now = isoNow(deps.vault.clock);
    await sweepChallenges(deps.db, now);
    await sweepSessions(deps.db, now);
    await sweepCounters(deps.db, now);
    await sweepOutbox(deps.db, isoNow(deps.vault.clock, -SETTLED_KEPT_MS));
  }

  async function pause(): Promise<void> {
    try {
      await sleep(LOOK_EVERY_MS, undefined, { signal: wake.signal });
    } catch {
      // Kicked.
    }
    wake = new AbortController();
  }

  return {
    start: () => {
      running ??= loop();
    },
    kick: () => wake.abort(),
    drain: async () => {
      while (await round());
    },
    stop: async () => {
      stopping = true;
      wake.abort();
      await running;
    },
  };
}
