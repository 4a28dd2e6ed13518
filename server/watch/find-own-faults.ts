// Owns finding what does not work in the program itself: what readiness tells, the room on the disk, webhooks that are off.

import type { Finding } from '../alerts/alert.ts';
import { isPartName } from '../alerts/health-words.ts';
import type { Db } from '../db/engine.ts';
import type { LookAtReadiness } from '../http/readiness.ts';
import type { Vault } from '../messages/seal.ts';
import { listWebhooks } from '../webhooks/webhooks.store.ts';
import type { Finder } from './watcher.ts';

export interface OwnFaultsDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly readiness: LookAtReadiness;
  /** Throws when what is left on a disk is the reserve. */
  readonly checkRoom: () => Promise<void>;
}

export function findOwnFaults({ db, vault, readiness, checkRoom }: OwnFaultsDeps): readonly Finder[] {
  return [
    {
      kinds: ['health'],
      find: async () => {
        const { answer } = await readiness();
        const failed = Object.entries(answer).flatMap(([name, value]) => (value === 'failed' ? name : []));
        const hasRoom = await checkRoom().then(
          () => true,
          () => false,
        );
        return [...failed, ...(hasRoom ? [] : ['room'])].filter(isPartName).map((about) => ({ kind: 'health', about }));
      },
    },
    {
      kinds: ['webhook-off'],
      find: async () =>
        (await listWebhooks(vault, db)).flatMap(({ id, state, offBecause }): Finding[] => {
          if (state === 'on' || offBecause === null) return [];
          const detail =
            offBecause === 'gone' ? 'its receiver says that it is gone' : 'its receiver has not answered for days';
          return [{ kind: 'webhook-off', about: id, detail }];
        }),
    },
  ];
}
