// Owns one step of the tables' history: what happened each day, counted, so that nobody goes through the whole audit log for it.
// Released: never edited.

import type { Migration } from 'kysely';
import { create } from '../migration-steps.ts';

export const figures: Migration = {
  up: async (db) => {
    await create(db, 'daily_figures', [
      'day text not null',
      'name text not null',
      'label text not null',
      'count bigint not null',
      'primary key (day, name, label)',
    ]);
  },
};
