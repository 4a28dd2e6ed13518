// Owns a few threads for work on hostile input: each does one job at a time, is stopped when the job takes too
// long or too much memory, and is then replaced. It knows nothing of the jobs.

import { extname } from 'node:path';
import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { WorkerLost, WorkerThread } from './worker-thread.ts';
import type { WorkerLine, WorkerThreadOptions } from './worker-thread.ts';

/** The options of each worker among them. */
export interface WorkerPoolOptions extends WorkerThreadOptions {
  readonly workers: number;
  /** Jobs that may wait for a worker; one more is refused with server/busy. */
  readonly waitingMax: number;
  /** A worker that has had no job for so long is stopped; the next job starts one. */
  readonly idleMs?: number;
}

export interface WorkerPool {
  /**
   * Runs `job` with a worker of its own. `budgetMs` is how long the worker may keep it waiting for answers, in
   * all. When `job` rejects, for whatever reason, or leaves a question open, the worker is thrown away: it may
   * still be busy with that job.
   * Throws server/busy; WorkerLost comes through `line.ask`.
   */
  run<T>(budgetMs: number, job: (line: WorkerLine) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  return new Pool(options);
}

/** A sibling of the module `base`, with its extension: `.ts` here, `.js` once compiled. */
export function workerScript(base: string, name: string): URL {
  return new URL(`./${name}${extname(new URL(base).pathname)}`, base);
}

interface Slot {
  thread: WorkerThread | undefined;
  rest?: NodeJS.Timeout | undefined;
}

interface Waiting {
  readonly start: (slot: Slot) => void;
  readonly refuse: (error: Error) => void;
}

class Pool implements WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #idle: Slot[];
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, () => ({ thread: undefined }));
    this.#idle = [...this.#slots];
  }

  async run<T>(budgetMs: number, job: (line: WorkerLine) => Promise<T>): Promise<T> {
    const slot = await this.#take();
    try {
      if (slot.thread === undefined || slot.thread.isLost) slot.thread = await this.#startThread();
      const thread = slot.thread;
      thread.begin(budgetMs);
      const result = await job(thread);
      thread.rest();
      if (thread.isBusy) await this.#discard(slot);
      return result;
    } catch (error) {
      await this.#discard(slot);
      // A worker that was stopped by `close` says nothing about its job.
      throw this.#closed && error instanceof WorkerLost ? closedError() : error;
    } finally {
      this.#giveBack(slot);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { rest } of this.#slots) clearTimeout(rest);
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(closedError());
    await Promise.all(this.#slots.flatMap((slot) => slot.thread?.stop() ?? []));
  }

  async #discard(slot: Slot): Promise<void> {
    const thread = slot.thread;
    slot.thread = undefined;
    await thread?.stop();
  }

  async #startThread(): Promise<WorkerThread> {
    const thread = await WorkerThread.start(this.#options);
    if (!this.#closed) return thread;
    await thread.stop();
    throw closedError();
  }

  #take(): Promise<Slot> {
    if (this.#closed) return Promise.reject(closedError());
    const slot = this.#idle.pop(); // the one used last: its thread runs already
    if (slot !== undefined) {
      clearTimeout(slot.rest);
      return Promise.resolve(slot);
    }
    if (this.#waiting.length >= this.#options.waitingMax) {
      return Promise.reject(new AppError('server/busy', sentence('problem.busy-means')));
    }
    return new Promise((start, refuse) => this.#waiting.push({ start, refuse }));
  }

  #giveBack(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next !== undefined) return next.start(slot);
    this.#idle.push(slot);
    const { idleMs } = this.#options;
    if (idleMs !== undefined && !this.#closed) slot.rest = setTimeout(() => void this.#discard(slot), idleMs).unref();
  }
}

function closedError(): Error {
  return new Error('the worker pool was closed');
}
