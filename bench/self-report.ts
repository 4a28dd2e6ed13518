// Owns what a Sealpost under measurement and its bench say to each other.

/** What the process says of itself; the first time when it listens, then whenever it is asked. */
export interface SelfReport {
  readonly http: string;
  readonly smtp: string;
  /** The longest time that the event loop was held up, since the last report. */
  readonly loopBlockedMs: number;
  /** The most that the main thread worked between two turns of the loop; the rest of a hold-up it waited for a core. */
  readonly loopWorkedMs: number;
  /** Processor time of all its threads since it started. */
  readonly cpuMs: number;
}

/** Set in its environment to let the worker run. */
export const WORKER_RUNS = 'BENCH_WORKER_RUNS';
