// Owns the wiring of what administrators decide: which policy is in force in this process, which brands it knows, and how
// both are changed.

import { bindBrandbook } from './brandbook/brandbook.ts';
import type { Brandbook } from './brandbook/brandbook.ts';
import { BrandFollower } from './brandbook/known.ts';
import type { KnownBrands } from './brandbook/known.ts';
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
  readonly brands: () => KnownBrands;
  readonly brandbook: Brandbook;
  start(): void;
  stop(): Promise<void>;
}

/** Looks once before it returns: no mail is decided by an older policy, or by none. */
export async function composePolicy({ config, store, log }: Tools): Promise<PolicyKeeper> {
  const { db, vault, keyring } = store;
  const follower = new PolicyFollower({ db, keyring, log });
  const brands = new BrandFollower(db);
  await Promise.all([follower.look(), brands.look()]);
  const round = new Round(async () => {
    await Promise.all([follower.look(), brands.look()]);
  });
  const rulebook = bindRulebook({
    db,
    vault,
    expiryDaysMax: config.expiryDaysMax,
    orgDomains: config.org.domains,
    brands: () => brands.known().brands,
    saved: () => follower.look(),
  });
  let timer: NodeJS.Timeout | undefined;
  return {
    inForce: () => follower.policy(),
    rulebook,
    brands: () => brands.known(),
    brandbook: bindBrandbook({
      db,
      vault,
      orgName: config.org.name,
      orgDomains: config.org.domains,
      policy: async () => (await rulebook.newest()).value,
      saved: () => brands.look(),
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
