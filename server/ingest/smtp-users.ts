// Owns whether an SMTP password is right: argon2id hashes of the settings, failures counted per network,
// and the same work for a user who does not exist.

import type { Clock } from '../core/clock.ts';
import { MINUTE_MS } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { limitKey } from '../core/networks.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Hasher } from '../crypto/passwords.ts';
import { newSecret } from '../crypto/random.ts';
import { charge, isUnderLimit } from '../db/counters.ts';
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
  authenticate(user: string, password: string): Promise<boolean>;
  /** Whether this peer's network has failed too often lately. */
  mayTryAuth(ip: string): Promise<boolean>;
  noteFailure(ip: string): Promise<void>;
}

const failuresPerNetwork: Limit = { name: 'smtp auth failures', most: 20, windowMs: 15 * MINUTE_MS };

export function createSmtpUsers(deps: SmtpUserDeps): SmtpUsers {
  const nobody = deps.hasher.hashEncoded(newSecret());
  return {
    authenticate: async (user, password) => {
      const known = deps.users.find((one) => one.user === user);
      const matches = await deps.hasher.verifyEncoded(known?.hash ?? (await nobody), password);
      return matches && known !== undefined;
    },
    mayTryAuth: (ip) => isUnderLimit(deps, failuresPerNetwork, limitKey(ip)),
    noteFailure: async (ip) => {
      try {
        await charge(deps, failuresPerNetwork, limitKey(ip));
      } catch (error) {
        // Over the limit is what the next mayTryAuth says.
        if (!isRefusal(error, 'request/too-many')) throw error;
      }
    },
  };
}
