// Owns one worker thread: its start, its one question at a time, the time it may take, its end. The thread gets no
// environment and no arguments: what it parses may take it over.

import { Worker } from 'node:worker_threads';

/** What a job may do with its worker. */
export interface WorkerLine {
  /** Sends one message and waits for one. Throws WorkerLost. The buffers in `transfer` are gone afterwards. */
  ask(message: unknown, transfer?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Gives the job more time, for more work. */
  allow(moreMs: number): void;
  /** From now on the job has this much, whatever it had. */
  budget(ms: number): void;
}

/** The worker ended before it answered: through the job it was given, as far as anyone can know. */
export class WorkerLost extends Error {
  readonly reason: 'time' | 'memory' | 'crash';

  constructor(reason: 'time' | 'memory' | 'crash', detail?: string) {
    super(detail === undefined ? `worker lost: ${reason}` : `worker lost: ${reason} (${detail})`);
    this.name = 'WorkerLost';
    this.reason = reason;
  }
}

export interface WorkerThreadOptions {
  readonly script: URL;
  /** JavaScript heap. */
  readonly memoryMb: number;
  /** Memory outside of that, buffers mostly; without it they are not counted. */
  readonly externalMb?: number;
  /** `workerData` of the script. */
  readonly data?: unknown;
}

/** What a worker's script sends first, once it has loaded. */
export const READY = 'ready';

const START_BUDGET_MS = 60_000;
const TICK_MS = 25;
const BYTES_PER_MB = 1024 * 1024;

export class WorkerThread implements WorkerLine {
  readonly #worker: Worker;
  readonly #externalBytesMax: number;
  #answer: { resolve: (message: unknown) => void; reject: (error: Error) => void } | undefined;
  #lost: Error | undefined;
  #budgetMs = START_BUDGET_MS;
  #ticker: NodeJS.Timeout | undefined;
  #isWeighing = false;

  /** Throws a plain error when the script does not load: that is a broken program, not a hostile mail. */
  static async start(options: WorkerThreadOptions): Promise<WorkerThread> {
    const thread = new WorkerThread(options);
    try {
      thread.#startTicker();
      const first = await new Promise((resolve, reject) => (thread.#answer = { resolve, reject }));
      if (first !== READY) throw new Error('its first message was not the agreed one');
    } catch (error) {
      await thread.stop();
      throw new Error('a worker thread did not start', { cause: error });
    }
    return thread;
  }

  constructor({ script, memoryMb, externalMb = Infinity, data }: WorkerThreadOptions) {
    this.#externalBytesMax = externalMb * BYTES_PER_MB;
    this.#worker = new Worker(script, {
      env: {},
      argv: [],
      execArgv: [],
      workerData: data,
      // A small young generation is collected often, and with it the pieces of a large mail: else they pile up.
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
    });
    this.#worker.on('message', (message: unknown) => this.#settle()?.resolve(message));
    this.#worker.on('messageerror', () => this.#lose(new WorkerLost('crash', 'message')));
    this.#worker.on('error', (error: unknown) => this.#lose(toLost(error)));
    this.#worker.on('exit', () => this.#lose(new WorkerLost('crash', 'exit')));
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  get isBusy(): boolean {
    return this.#answer !== undefined;
  }

  begin(budgetMs: number): void {
    this.#budgetMs = budgetMs;
    this.#worker.ref();
    this.#startTicker();
  }

  /** The job is done. An idle worker keeps no process alive. */
  rest(): void {
    clearInterval(this.#ticker);
    this.#worker.unref();
  }

  ask(message: unknown, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (this.#answer !== undefined) return Promise.reject(new Error('a worker answers one question at a time'));
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#worker.postMessage(message, transfer);
    });
  }

  allow(moreMs: number): void {
    this.#budgetMs += moreMs;
  }

  budget(ms: number): void {
    this.#budgetMs = ms;
  }

  async stop(): Promise<void> {
    this.#lose(new WorkerLost('crash', 'stopped'));
    await this.#worker.terminate();
  }

  // Ticks are counted, and only while an answer is due: the job's own waiting for the network costs it nothing, and
  // neither does a main thread that was too busy to listen.
  #startTicker(): void {
    clearInterval(this.#ticker);
    this.#ticker = setInterval(() => {
      if (this.#answer === undefined) return;
      this.#budgetMs -= TICK_MS;
      if (this.#budgetMs <= 0) this.#end('time');
      else if (this.#externalBytesMax < Infinity) void this.#weigh();
    }, TICK_MS);
  }

  // V8 bounds its own heap only. What a decoder inflates into buffers is seen from here, also while it is at it.
  async #weigh(): Promise<void> {
    if (this.#isWeighing) return;
    this.#isWeighing = true;
    const statistics = await this.#worker.getHeapStatistics().catch(() => undefined); // it has ended
    this.#isWeighing = false;
    if (statistics !== undefined && statistics.external_memory > this.#externalBytesMax) this.#end('memory');
  }

  #end(reason: 'time' | 'memory'): void {
    this.#lose(new WorkerLost(reason));
    void this.#worker.terminate();
  }

  #settle(): { resolve: (message: unknown) => void; reject: (error: Error) => void } | undefined {
    const answer = this.#answer;
    this.#answer = undefined;
    return answer;
  }

  #lose(error: Error): void {
    clearInterval(this.#ticker);
    this.#lost ??= error;
    this.#settle()?.reject(this.#lost);
  }
}

/** Names the error only: its message may quote what was parsed. */
function toLost(error: unknown): WorkerLost {
  const isError = error instanceof Error;
  if (isError && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return new WorkerLost('memory');
  return new WorkerLost('crash', isError ? error.name : typeof error);
}
