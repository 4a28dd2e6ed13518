// Owns whether an SMTP password is right: argon2id hashes of the settings, failures counted per network,
// and the same work for a user who does not exist.

import type { Clock } from '../core/clock.ts';
import { MINUTE_MS } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { limitKey } from '../core/networks.ts';
import { once } from '../core/once.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Hasher } from '../crypto/passwords.ts';
import { newSecret } from '../crypto/random.ts';
import { charge, refund } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Db } from '../db/engine.ts';

export interface SmtpUserDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly users: readonly { readonly user: string; readonly hash: string }[];
}

export interface SmtpUsers {
  /** Whether the peer's network may try at all; the try is counted, and given back when the password is right. */
  mayTryAuth(ip: string): Promise<boolean>;
  authenticate(user: string, password: string, ip: string): Promise<boolean>;
}

const triesPerNetwork: Limit = { name: 'smtp auth failures', most: 20, windowMs: 15 * MINUTE_MS };

export function createSmtpUsers(deps: SmtpUserDeps): SmtpUsers {
  const nobodysHash = once(() => deps.hasher.hashEncoded(newSecret()));
  return {
    // Counted before the hash, as guesses of codes are: tries at the same moment must not pass together.
    mayTryAuth: async (ip) => {
      try {
        await charge(deps, triesPerNetwork, limitKey(ip));
        return true;
      } catch (error) {
        if (isRefusal(error, 'request/too-many')) return false;
        throw error;
      }
    },
    authenticate: async (user, password, ip) => {
      const known = deps.users.find((one) => one.user === user);
      // Waited for whoever asks, so that the first try tells nothing of the name either.
      const nobodys = await nobodysHash();
      const matches = await deps.hasher.verifyEncoded(known?.hash ?? nobodys, password);
      if (!matches || known === undefined) return false;
      await refund(deps, triesPerNetwork, limitKey(ip));
      return true;
    },
  };
}
