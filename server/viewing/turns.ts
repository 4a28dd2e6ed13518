// Owns whose turn it is: a few at once, a few more that wait a short while, and a plain "busy" to all others, so that
// no number of readers can use up the machine.

import { AppError } from '../core/errors.ts';

export interface Turns {
  /** Runs `work` when its turn comes. Throws server/busy. */
  take<T>(work: () => Promise<T>): Promise<T>;
}

export function createTurns(options: { parallel: number; waitingMax: number; waitMs: number }): Turns {
  let free = options.parallel;
  const waiting: (() => void)[] = [];

  async function begin(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (waiting.length >= options.waitingMax) throw busy();
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(busy());
      }, options.waitMs);
      waiting.push(start);
    });
  }

  function end(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return {
    async take(work) {
      await begin();
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}

function busy(): AppError {
  return new AppError('server/busy', 'Many files are being looked at right now. Please try again in a few seconds.', {
    detail: 'viewing',
  });
}
