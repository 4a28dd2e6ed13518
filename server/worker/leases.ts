// Owns the leases on the jobs under way in this process. While their work lasts all are renewed with one
// statement, and a process that was stopped for a while finds out here whether its jobs are still its own.

import { SECOND_MS } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Db } from '../db/engine.ts';
import type { JobKind } from '../outbox/jobs.ts';
import { claimJobs, renewLeases } from '../outbox/outbox.store.ts';
import type { Job, OutboxDeps } from '../outbox/outbox.store.ts';

// What a machine that dies keeps waiting. Short, since it is renewed while the courier works, which may take
// a quarter of an hour.
const LEASE_MS = 60 * SECOND_MS;

export interface LeaseDeps {
  readonly db: Db;
  readonly vault: OutboxDeps;
  readonly log: Log;
}

/** Another worker holds the job, or has done it. */
export class LeaseLost extends Error {}

/** A job that is ours for the time being. */
export interface Lease {
  readonly job: Job;
  /** Asked right before what cannot be taken back. Throws LeaseLost, or the database's error when it cannot say. */
  check(): Promise<void>;
  /** The work is over. */
  end(): void;
}

interface Held {
  readonly job: Job;
  /** When it was last made to last, or a little before. */
  sinceMs: number;
  lost: boolean;
}

export class Leases {
  readonly #deps: LeaseDeps;
  readonly #leaseMs: number;
  readonly #held = new Set<Held>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: LeaseDeps, leaseMs = LEASE_MS) {
    this.#deps = deps;
    this.#leaseMs = leaseMs;
  }

  async claim(kinds: readonly JobKind[], most: number): Promise<Lease[]> {
    if (most <= 0) return [];
    const { vault, db } = this.#deps;
    // Read before the statement: on the safe side however long it takes.
    const sinceMs = vault.clock.nowMs();
    const jobs = await claimJobs(vault, db, kinds, most, this.#leaseMs);
    return jobs.map((job) => this.#hold(job, sinceMs));
  }

  #hold(job: Job, sinceMs: number): Lease {
    const held: Held = { job, sinceMs, lost: false };
    this.#held.add(held);
    this.#timer ??= setInterval(() => void this.#renewAll(), this.#leaseMs / 3);
    return {
      job,
      check: async () => {
        // Nobody else can hold a fresh one. Any other is asked for once more, which also makes it last.
        const isFresh = this.#deps.vault.clock.nowMs() - held.sinceMs < this.#leaseMs / 3;
        if (!held.lost && !isFresh) await this.#renew([held]);
        if (held.lost) throw new LeaseLost();
      },
      end: () => {
        this.#held.delete(held);
        if (this.#held.size === 0) this.#rest();
      },
    };
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renewAll(): Promise<void> {
    try {
      await this.#renew([...this.#held]);
    } catch (error) {
      // The database's weather: there are two more times before the leases run out.
      this.#deps.log.warn('lease.renew-failed', { count: this.#held.size, err: error });
    }
  }

  async #renew(leases: readonly Held[]): Promise<void> {
    const { vault, db } = this.#deps;
    const sinceMs = vault.clock.nowMs();
    const jobs = leases.map(({ job }) => job);
    const kept = new Set(await renewLeases(vault, db, jobs, this.#leaseMs));
    for (const lease of leases) {
      if (kept.has(lease.job)) lease.sinceMs = sinceMs;
      else lease.lost = true;
    }
  }
}
