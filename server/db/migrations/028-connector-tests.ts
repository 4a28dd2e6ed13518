// Owns one step of the tables' history: what partners' mail servers proved when they were tried out last.
// Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const connectorTests: Migration = {
  up: async (db) => {
    await create(db, 'connector_tests', [
      'domain_index text primary key',
      'digest text not null',
      'state text not null',
      'due_at text not null',
      'sealed BYTES',
    ]);
    await index(db, 'connector_tests', 'due_at');
    await index(db, 'connector_tests', 'state');
  },
};
