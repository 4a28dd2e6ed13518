// Owns making a key for the API of a Sealpost under measurement.

import { inTransaction } from '../server/db/engine.ts';
import { systemClock } from '../server/core/clock.ts';
import { createApiKey } from '../server/signin/api-keys.store.ts';
import type { Scope } from '../server/signin/api-keys.store.ts';
import type { Sealpost } from './sealpost.ts';

export async function newKey(sealpost: Sealpost, scopes: readonly Scope[]): Promise<string> {
  const { key } = await sealpost.withStore(({ db, vault }) =>
    inTransaction(db, (tx) =>
      createApiKey({ ...vault, clock: systemClock }, tx, { name: 'bench', scopes, senders: [] }),
    ),
  );
  return key;
}
