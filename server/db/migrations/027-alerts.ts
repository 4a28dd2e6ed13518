// Owns one step of the tables' history: the alerts that stand, and those that were over of late. Released: never edited.

import type { Migration } from 'kysely';
import { create, index, partialIndex } from '../migration-steps.ts';

export const alerts: Migration = {
  up: async (db) => {
    await create(db, 'alerts', [
      'key text primary key',
      'kind text not null',
      'since text not null',
      'seen_at text not null',
      'over_at text',
      'sealed BYTES not null',
    ]);
    await partialIndex(db, 'alerts', ['since'], 'over_at is null');
    await partialIndex(db, 'alerts', ['over_at'], 'over_at is not null');
    // Asked every minute, of all that are approved.
    await index(db, 'certificates', 'state', 'not_after');
  },
};
