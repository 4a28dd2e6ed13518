// Owns finding the partners whose mail servers prove less than they should, by the tests that are kept.

import type { Finding } from '../alerts/alert.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { listWeak } from '../delivery/connector-tests.store.ts';
import type { Finder } from './watcher.ts';

export function findWeakTls({ db, keyring }: { readonly db: Db; readonly keyring: Keyring }): Finder {
  return {
    kinds: ['tls-weakened'],
    find: async () =>
      [...(await listWeak(keyring, db))].map(([about, { card }]): Finding => ({
        kind: 'tls-weakened',
        about,
        detail: card?.weaker.join('; ') ?? '',
      })),
  };
}
