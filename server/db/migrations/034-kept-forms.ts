// Owns one step of the tables' history: what administrators had typed when their session ended, apart from letters.
// Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const keptForms: Migration = {
  up: async (db) => {
    await create(db, 'kept_forms', [
      'id text primary key',
      'browser_hash text not null',
      'address_index text not null',
      'sealed BYTES not null',
      'expires_at text not null',
    ]);
    await index(db, 'kept_forms', 'browser_hash');
    await index(db, 'kept_forms', 'expires_at');
  },
};
