// Owns one step of the tables' history: what our own domains say of their mail servers by MTA-STS.
// Released: never edited.

import type { Migration } from 'kysely';
import { create } from '../migration-steps.ts';

export const ownSts: Migration = {
  up: async (db) => {
    await create(db, 'own_sts', ['version integer primary key', 'at text not null', 'sealed BYTES not null']);
  },
};
