// Owns what a running server does about its keys, once a second: follow the keyring, and rewrap where that is wished.

import type { FollowDeps } from './follow.ts';
import { KeyringFollower } from './follow.ts';
import { fulfilWish } from './rewrap.ts';
import type { RewrapDeps } from './rewrap.ts';

export interface KeyKeeper {
  start(): void;
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;

export function createKeyKeeper(deps: FollowDeps & RewrapDeps): KeyKeeper {
  const follower = new KeyringFollower(deps);
  const stopping = new AbortController();
  // Two rounds, for rewrapping may take hours, and meanwhile there may be another key.
  const rounds = [() => follower.look(), () => fulfilWish(deps, stopping.signal)].map((work) => new Round(work));
  let timer: NodeJS.Timeout | undefined;

  function begin(): void {
    for (const round of rounds) {
      round.begin((error) => deps.log.error('keys.failed', { err: error }));
    }
  }

  return {
    start: () => {
      timer ??= setInterval(begin, EVERY_MS).unref();
    },
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await Promise.all(rounds.map((round) => round.ended));
      deps.keyring.whenKeyIsMissing(undefined);
    },
  };
}

/** Work that is done again and again, but never twice at once. */
class Round {
  readonly #work: () => Promise<void>;
  #isUnderWay = false;
  #isFailing = false;
  ended: Promise<void> = Promise.resolve();

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** `failed` hears of the first failure in a row: on a full disk, say, there is one each second. */
  begin(failed: (error: unknown) => void): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.ended = this.#work()
      .then(
        () => {
          this.#isFailing = false;
        },
        (error: unknown) => {
          if (!this.#isFailing) failed(error);
          this.#isFailing = true;
        },
      )
      .finally(() => {
        this.#isUnderWay = false;
      });
  }
}
