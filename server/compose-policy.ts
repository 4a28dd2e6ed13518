// Owns the wiring of the policy: which one is in force in this process, and how it is changed.

import type { Tools } from './compose-tools.ts';
import { SECOND_MS } from './core/clock.ts';
import { Round } from './core/round.ts';
import type { Policy } from './policy/policy.ts';
import { PolicyFollower } from './rulebook/follow.ts';
import { bindRulebook } from './rulebook/rulebook.ts';
import type { Rulebook } from './rulebook/rulebook.ts';

export interface PolicyKeeper {
  /** Throws server/unavailable while it cannot be read. */
  readonly inForce: () => Policy;
  readonly rulebook: Rulebook;
  start(): void;
  stop(): Promise<void>;
}

/** Looks once before it returns: no mail is decided by an older policy, or by none. */
export async function composePolicy({ config, store, log }: Tools): Promise<PolicyKeeper> {
  const { db, vault, keyring } = store;
  const follower = new PolicyFollower({ db, keyring, log });
  await follower.look();
  const round = new Round(() => follower.look());
  let timer: NodeJS.Timeout | undefined;
  return {
    inForce: () => follower.policy(),
    rulebook: bindRulebook({
      db,
      vault,
      expiryDaysMax: config.expiryDaysMax,
      orgDomains: config.org.domains,
      saved: () => follower.look(),
    }),
    start: () => {
      const look = (): void => round.begin((error) => log.error('policy.failed', { err: error }));
      timer ??= setInterval(look, SECOND_MS).unref();
    },
    stop: async () => {
      clearInterval(timer);
      await round.ended;
    },
  };
}
