// Owns one step of the tables' history: the last moment of an API key. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn } from '../migration-steps.ts';

export const keyEnds: Migration = {
  up: async (db) => {
    await addColumn(db, 'api_keys', 'expires_at text');
  },
};
