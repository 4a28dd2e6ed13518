// Owns one step of the tables' history: the language people read in. Released: never edited.

import type { Migration } from 'kysely';
import { create } from '../migration-steps.ts';

export const people: Migration = {
  up: async (db) => {
    await create(db, 'people', [
      'address_index text primary key',
      'language text not null',
      'updated_at text not null',
    ]);
  },
};
