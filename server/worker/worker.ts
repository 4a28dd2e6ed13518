// Owns the loop that empties the outbox: claim what is due under a lease, run a few at a time, sleep until
// kicked or a second has passed. It also sweeps what has run out. Any number of processes may run it.

import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS } from '../core/clock.ts';
import { lanes } from '../outbox/jobs.ts';
import { Leases } from './leases.ts';
import type { Lease } from './leases.ts';
import { runJob } from './run-job.ts';
import type { JobDeps } from './settle-job.ts';
import { runWebhookJob } from './webhook.ts';
import type { WebhookJobDeps } from './webhook.ts';
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
const FED_AT_ONCE = 200;
const SWEEP_EVERY_MS = 10 * MINUTE_MS;

export interface WorkerOptions {
  /** How long the jobs of a process that died wait for another. */
  readonly leaseMs?: number | undefined;
}

/** Brings what happened to those who want to hear of it. @returns how many entries it looked at, of `most`. */
export interface FeedDeps {
  readonly feedWebhooks: (most: number) => Promise<number>;
}

export function createWorker(
  deps: JobDeps & SweepDeps & WebhookJobDeps & FeedDeps,
  { leaseMs }: WorkerOptions = {},
): Worker {
  const leases = new Leases(deps, leaseMs);
  const blobSweep = createBlobSweep(deps);
  // Each lane has places of its own, so that notices to a server that hangs do not hold up codes.
  const underWay = lanes.map((lane) => ({ ...lane, jobs: new Set<Promise<void>>() }));
  let loops: Promise<void> | undefined;
  const stopping = new AbortController();
  let wake = new AbortController();
  let sweepAtMs = 0;
  let sweeping: Promise<void> | undefined;
  let feeding: Promise<void> | undefined;

  /** Fills the free places. @returns whether anything was begun. */
  async function begin(): Promise<boolean> {
    let begun = false;
    for (const { kinds, places, jobs } of underWay) {
      for (const lease of await leases.claim(kinds, places - jobs.size)) {
        begun = true;
        const running = run(lease)
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

  function run(lease: Lease): Promise<void> {
    return lease.job.kind === 'webhook' ? runWebhookJob(deps, lease) : runJob(deps, lease, stopping.signal);
  }

  /** Beside the jobs, and before them where all is waited for. */
  async function feed(): Promise<void> {
    try {
      let count = 0;
      while ((count = await deps.feedWebhooks(FED_AT_ONCE)) > 0) {
        wake.abort(KICKED);
        if (count < FED_AT_ONCE || stopping.signal.aborted) return;
      }
    } catch (error) {
      deps.log.error('worker.failed', { job: 'webhook', err: error });
    }
  }

  function beginFeed(): void {
    feeding ??= feed().finally(() => {
      feeding = undefined;
    });
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await begin();
      } catch (error) {
        deps.log.error('worker.failed', { err: error });
      }
      beginFeed();
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
      await feed();
      while (await begin()) {
        await allUnderWay();
        await feed();
      }
    },
    stop: async () => {
      stopping.abort();
      wake.abort();
      await loops;
      await sweeping;
      await feeding;
      await blobSweep.over();
    },
  };
}
