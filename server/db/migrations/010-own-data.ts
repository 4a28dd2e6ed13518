// Owns one step of the tables' history: what a person may see of themselves. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, partialIndex } from '../migration-steps.ts';

export const ownData: Migration = {
  up: async (db) => {
    await addColumn(db, 'audit', 'person_index text');
    await partialIndex(db, 'audit', ['person_index', 'seq'], 'person_index is not null');
    await partialIndex(db, 'sessions', ['address_index'], 'ended_at is null');
  },
};
