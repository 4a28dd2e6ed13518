// Owns waiting one's turn: so many at work, so many waiting, and a refusal for the rest. It never drops what it
// has taken in, and knows nothing of the work.

import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';

export interface BoundedQueue {
  /** Runs `work` when its turn comes. @throws {AppError} `server/busy` at once when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** At most `parallel` pieces of work at a time, at most `queueMax` waiting, first come first served. */
export function createBoundedQueue(parallel: number, queueMax: number): BoundedQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function takeTurn(): Promise<void> {
    if (running < parallel) {
      running += 1;
      return;
    }
    if (waiting.length >= queueMax) {
      throw new AppError('server/busy', sentence('problem.busy-means'));
    }
    await new Promise<void>((resolve) => waiting.push(resolve)); // the turn is handed over, `running` stays
  }

  function passTurn(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(work) {
      await takeTurn();
      try {
        return await work();
      } finally {
        passTurn();
      }
    },
  };
}
