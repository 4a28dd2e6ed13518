// Owns the list of what has to work before anybody is served well, and looking at it.

import { SECOND_MS } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { checkDatabase } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { recentCheck } from './recent-check.ts';

export interface ReadinessDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly log: Log;
  /** Throws while the rules cannot be read. */
  readonly checkPolicy: () => void;
}

// Trying it writes a file and waits for the disk, or for S3; anybody may ask, as often as they like.
const BLOBS_OK_KEPT_MS = 10 * SECOND_MS;

export type ReadinessName = 'database' | 'keyring' | 'blobs' | 'policy' | 'queueAgeSeconds';

export type Readiness = Readonly<Record<ReadinessName, string | number>>;

export type LookAtReadiness = () => Promise<{ readonly ready: boolean; readonly answer: Readiness }>;

/** @returns what looks at all of it: `ok`, a number, or `failed`, each by its name. */
export function bindReadiness({ db, vault, log, checkPolicy }: ReadinessDeps): LookAtReadiness {
  const { keyring, clock, blobs } = vault;
  const checks: Readonly<Record<ReadinessName, () => Promise<number | void>>> = {
    database: () => checkDatabase(db),
    keyring: async () => {
      keyring.openRecord('ready 1', keyring.sealRecord('ready 1', 'ready'));
    },
    blobs: recentCheck(clock, BLOBS_OK_KEPT_MS, () => blobs.check()),
    policy: async () => checkPolicy(),
    queueAgeSeconds: async () => Math.round((await queueAgeMs(db, clock)) / 1000),
  };

  async function look(name: ReadinessName): Promise<string | number> {
    try {
      return (await checks[name]()) ?? 'ok';
    } catch (error) {
      log.error('ready.failed', { reason: name, err: error });
      return 'failed';
    }
  }

  return async () => {
    const answer: Readiness = {
      database: await look('database'),
      keyring: await look('keyring'),
      blobs: await look('blobs'),
      policy: await look('policy'),
      queueAgeSeconds: await look('queueAgeSeconds'),
    };
    return { ready: Object.values(answer).every((one) => one !== 'failed'), answer };
  };
}
