// Owns one step of the tables' history: who works here in which role, and the second factor of those who do. Released: never edited.

import type { Migration } from 'kysely';
import { create, index, partialIndex } from '../migration-steps.ts';

export const staff: Migration = {
  up: async (db) => {
    await create(db, 'rosters', [
      'name text primary key',
      'version integer not null',
      'at text not null',
      'sealed BYTES not null',
    ]);
    await create(db, 'totps', [
      'address_index text primary key',
      'sealed BYTES not null',
      'last_step bigint not null',
      'created_at text not null',
    ]);
    await create(db, 'recovery_codes', ['id text primary key', 'address_index text not null']);
    await index(db, 'recovery_codes', 'address_index');
    // For those who stand in for every approver.
    await partialIndex(db, 'holds', ['id'], "state = 'open'");
  },
};
