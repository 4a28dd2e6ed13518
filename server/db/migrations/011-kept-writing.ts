// Owns one step of the tables' history: what was typed and not sent, told from what was. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, create, index } from '../migration-steps.ts';

export const keptWriting: Migration = {
  up: async (db) => {
    await addColumn(db, 'recipients', 'answered_form text');
    await create(db, 'kept_letters', [
      'browser_hash text primary key',
      'address_index text not null',
      'sealed BYTES not null',
      'expires_at text not null',
    ]);
    await index(db, 'kept_letters', 'expires_at');
  },
};
