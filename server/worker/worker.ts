// Owns the loop that empties the outbox: claim what is due under a lease, run a few at a time, sleep until
// kicked or a second has passed. It also sweeps what has run out. Any number of processes may run it.

import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS } from '../core/clock.ts';
import { lanes } from '../outbox/jobs.ts';
import { Leases } from './leases.ts';
import type { JobDeps } from './run-job.ts';
import { runJob } from './run-job.ts';
import { createBlobSweep } from './sweep-blobs.ts';
import { sweepRound } from './sweep.ts';
import type { SweepDeps } from './sweep.ts';

export interface Worker {
  start(): void;
  /** There is work: look now. */
  kick(): void;
  /** Runs everything that is due now, and what that causes, and returns. */
  drain(): Promise<void>;
  /** Stops after the jobs under way. */
  stop(): Promise<void>;
}

const KICKED = 'kicked';
const LOOK_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 10 * MINUTE_MS;

export interface WorkerOptions {
  /** How long the jobs of a process that died wait for another. */
  readonly leaseMs?: number | undefined;
}

export function createWorker(deps: JobDeps & SweepDeps, { leaseMs }: WorkerOptions = {}): Worker {
  const leases = new Leases(deps, leaseMs);
  const blobSweep = createBlobSweep(deps);
  // Each lane has places of its own, so that notices to a server that hangs do not hold up codes.
  const underWay = lanes.map((lane) => ({ ...lane, jobs: new Set<Promise<void>>() }));
  let loops: Promise<void> | undefined;
  const stopping = new AbortController();
  let wake = new AbortController();
  let sweepAtMs = 0;
  let sweeping: Promise<void> | undefined;

  /** Fills the free places. @returns whether anything was begun. */
  async function begin(): Promise<boolean> {
    let begun = false;
    for (const { kinds, places, jobs } of underWay) {
      for (const lease of await leases.claim(kinds, places - jobs.size)) {
        begun = true;
        const running = runJob(deps, lease, stopping.signal)
          // The database's weather: the lease runs out and the work is done later.
          .catch((error: unknown) => deps.log.error('worker.failed', { job: lease.job.kind, err: error }))
          .finally(() => {
            lease.end();
            jobs.delete(running);
            wake.abort();
          });
        jobs.add(running);
      }
    }
    return begun;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await begin();
      } catch (error) {
        deps.log.error('worker.failed', { err: error });
      }
      beginSweep();
      await pause();
    }
    await allUnderWay();
  }

  /** Beside the jobs: what a slow store takes long to give up holds up no code. */
  function beginSweep(): void {
    const nowMs = deps.vault.clock.nowMs();
    if (nowMs < sweepAtMs) return;
    sweeping ??= sweepRound(deps)
      .then((hasMore) => {
        if (hasMore) return;
        blobSweep.begin();
        sweepAtMs = nowMs + SWEEP_EVERY_MS;
      })
      .catch((error: unknown) => deps.log.error('worker.failed', { err: error }))
      .finally(() => {
        sweeping = undefined;
      });
  }

  async function pause(): Promise<void> {
    try {
      await sleep(LOOK_EVERY_MS, undefined, { signal: wake.signal });
    } catch {
      // Kicked.
    }
    wake = new AbortController();
  }

  async function allUnderWay(): Promise<void> {
    await Promise.all(underWay.flatMap(({ jobs }) => [...jobs]));
  }

  return {
    start: () => {
      loops ??= loop();
    },
    // With a reason of its own: making the usual one takes longer than all the rest of it.
    kick: () => wake.abort(KICKED),
    drain: async () => {
      while (await begin()) await allUnderWay();
    },
    stop: async () => {
      stopping.abort();
      wake.abort();
      await loops;
      await sweeping;
      await blobSweep.over();
    },
  };
}
