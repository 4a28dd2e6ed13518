// Owns which policy this process goes by: the newest version there is, made ready once. What cannot be read is never
// taken for no rules: until it can be, nothing is decided.

import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { emptyPolicyDocument, parsePolicyDocument } from '../policy/document.ts';
import { compilePolicy } from '../policy/policy.ts';
import type { Policy } from '../policy/policy.ts';
import { loadVersion, newestVersion } from './policies.store.ts';

export interface PolicyFollowDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly log: Log;
}

type State =
  | { readonly version: number; readonly policy: Policy }
  | { readonly version: number; readonly policy: undefined; readonly fault: unknown };

const LOOKS_BETWEEN_TRIES = 3;

export class PolicyFollower {
  readonly #deps: PolicyFollowDeps;
  #state: State = { version: -1, policy: undefined, fault: undefined };
  #looksSinceTry = 0;
  #looking: Promise<void> | undefined;

  constructor(deps: PolicyFollowDeps) {
    this.#deps = deps;
  }

  /** What is in force. Throws server/unavailable while it cannot be read. */
  policy(): Policy {
    const { policy } = this.#state;
    if (policy !== undefined) return policy;
    throw new AppError(
      'server/unavailable',
      'The rules of this server cannot be read. Its operator has to see to it.',
      {
        detail: `version ${this.#state.version} of the policy cannot be read`,
      },
    );
  }

  /** To be called about once a second, and after a change: what was saved before the call is in force after it. */
  async look(): Promise<void> {
    const before = this.#looking;
    const mine = (before ?? Promise.resolve()).catch(() => {}).then(() => this.#look());
    this.#looking = mine;
    await mine;
  }

  async #look(): Promise<void> {
    const version = await newestVersion(this.#deps.db);
    this.#looksSinceTry += 1;
    const { policy } = this.#state;
    // What is damaged stays so; what lacked a key may open by now.
    const isDue = policy === undefined && this.#looksSinceTry >= LOOKS_BETWEEN_TRIES;
    if (version === this.#state.version && !isDue) return;
    this.#looksSinceTry = 0;
    this.#state = await this.#load(version);
  }

  async #load(version: number): Promise<State> {
    const { db, keyring, log } = this.#deps;
    try {
      const state = { version, policy: await loadPolicy(keyring, db, version) };
      if (version !== this.#state.version || this.#state.policy === undefined)
        log.info('policy.changed', { count: version });
      return state;
    } catch (error) {
      if (version !== this.#state.version) log.error('policy.unreadable', { count: version, err: error });
      return { version, policy: undefined, fault: error };
    }
  }
}

/** Throws SealBroken, PolicyFaults, or what the database throws. */
export async function loadPolicy(keyring: Keyring, db: Db, version: number): Promise<Policy> {
  if (version === 0) return compilePolicy(emptyPolicyDocument);
  const stored = await loadVersion(keyring, db, version);
  if (stored === undefined) throw new Error('a version of the policy is gone');
  // By its shape alone: a setting that was changed since must not end all mail.
  return compilePolicy(parsePolicyDocument(stored.value));
}
