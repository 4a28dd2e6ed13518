// Owns one step of the tables' history: that a link was fetched, and what senders want to hear of. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, create, index } from '../migration-steps.ts';

export const sendersNews: Migration = {
  up: async (db) => {
    await addColumn(db, 'recipients', 'fetched_at text');
    await addColumn(db, 'held_recipients', 'fetched_at text');
    await index(db, 'held_recipients', 'address_index', 'message_id');
    await create(db, 'news_wishes', [
      'address_index text primary key',
      'first_read integer not null',
      'subjects integer not null',
      'digest_at text',
      'sealed BYTES not null',
    ]);
    await index(db, 'news_wishes', 'digest_at');
    await create(db, 'news', [
      'id text primary key',
      'address_index text not null',
      'message_id text not null',
      'kind text not null',
    ]);
    await index(db, 'news', 'address_index', 'id');
    await index(db, 'news', 'message_id');
  },
};
