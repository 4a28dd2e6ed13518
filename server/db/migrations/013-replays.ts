// Owns one step of the tables' history: policies that were tried on earlier mails. Released: never edited.

import type { Migration } from 'kysely';
import { create } from '../migration-steps.ts';

export const replays: Migration = {
  up: async (db) => {
    await create(db, 'replays', [
      'id text primary key',
      'state text not null',
      'seen_at text not null',
      'sealed BYTES not null',
    ]);
  },
};
