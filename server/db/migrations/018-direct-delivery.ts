// Owns one step of the tables' history: mail that goes directly to a recipient's own servers, and what is known of those.
// Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, create, index } from '../migration-steps.ts';

export const directDelivery: Migration = {
  up: async (db) => {
    await create(db, 'connectors', ['version integer primary key', 'at text not null', 'sealed BYTES not null']);
    await create(db, 'sts_policies', [
      'domain_index text primary key',
      'expires_at text not null',
      'sealed BYTES not null',
    ]);
    await index(db, 'sts_policies', 'expires_at');
    await addColumn(db, 'recipients', 'sealed_delivery BYTES');
    await addColumn(db, 'held_recipients', 'sealed_delivery BYTES');
  },
};
