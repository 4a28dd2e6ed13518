// Owns the list of what has to work before anybody is served well, and looking at it.

import { SECOND_MS } from '../core/clock.ts';
import { checkDatabase } from '../db/engine.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { recentCheck } from './recent-check.ts';
import type { Site } from './site.ts';

// Trying it writes a file and waits for the disk, or for S3; anybody may ask, as often as they like.
const BLOBS_OK_KEPT_MS = 10 * SECOND_MS;

export type ReadinessName = 'database' | 'keyring' | 'blobs' | 'policy' | 'queueAgeSeconds';

export type Readiness = Readonly<Record<ReadinessName, string | number>>;

/** @returns what looks at all of it: `ok`, a number, or `failed`, each by its name. */
export function readiness(site: Site): () => Promise<{ readonly ready: boolean; readonly answer: Readiness }> {
  const checks: Readonly<Record<ReadinessName, () => Promise<number | void>>> = {
    database: () => checkDatabase(site.db),
    keyring: async () => {
      site.keyring.openRecord('ready 1', site.keyring.sealRecord('ready 1', 'ready'));
    },
    blobs: recentCheck(site.clock, BLOBS_OK_KEPT_MS, () => site.vault.blobs.check()),
    policy: async () => site.checkPolicy(),
    queueAgeSeconds: async () => Math.round((await queueAgeMs(site.db, site.clock)) / 1000),
  };

  async function look(name: ReadinessName): Promise<string | number> {
    try {
      return (await checks[name]()) ?? 'ok';
    } catch (error) {
      site.log.error('ready.failed', { reason: name, err: error });
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
