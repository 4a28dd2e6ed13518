// Owns whose turn it is: a few at work, a few more that wait, and a plain "busy" to all others, so that no number of
// askers can use up the machine. It never drops what it has taken in, and knows nothing of the work.

import { sentence } from '../language/words.ts';
import type { Sentence } from '../language/words.ts';
import { AppError } from './errors.ts';

export interface Turns {
  /** Runs `work` when its turn comes, first come first served. @throws {AppError} `server/busy` */
  take<T>(work: () => Promise<T>): Promise<T>;
}

export interface TurnsOptions {
  readonly parallel: number;
  readonly waitingMax: number;
  /** How long one waits at most; without it, until it is their turn. */
  readonly waitMs?: number;
  /** What those hear whose turn it will not be. */
  readonly busy?: Sentence;
}

export function createTurns(options: TurnsOptions): Turns {
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
        resolve(); // the turn is handed over, `free` stays
      };
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(busy());
      };
      const timer = options.waitMs === undefined ? undefined : setTimeout(giveUp, options.waitMs);
      waiting.push(start);
    });
  }

  function end(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  function busy(): AppError {
    return new AppError('server/busy', options.busy ?? sentence('problem.busy-means'));
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
