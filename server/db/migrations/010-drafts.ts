// Owns one step of the tables' history: drafts. Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const drafts: Migration = {
  up: async (db) => {
    await create(db, 'drafts', [
      'recipient_id text not null',
      'browser_hash text not null',
      'message_id text not null',
      'address_index text not null',
      'sealed BYTES not null',
      'updated_at text not null',
      'expires_at text',
      'primary key (recipient_id, browser_hash)',
    ]);
    await index(db, 'drafts', 'message_id');
    await index(db, 'drafts', 'address_index');
    await index(db, 'drafts', 'browser_hash', 'expires_at');
    await index(db, 'drafts', 'expires_at');
  },
};
