// Owns what a running server does about its keys, once a second: follow the keyring, and rewrap where that is wished.

import { Round } from '../core/round.ts';
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
