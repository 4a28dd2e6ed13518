// Owns one step of the tables' history: the outbox. Released: never edited.

import type { Migration } from 'kysely';
import { create, index, partialIndex } from '../migration-steps.ts';

export const outbox: Migration = {
  up: async (db) => {
    await create(db, 'outbox', [
      'id text primary key',
      'kind text not null',
      'message_id text',
      'recipient_id text',
      'sealed BYTES',
      'state text not null',
      'attempts integer not null',
      'next_at text not null',
      'give_up_at text not null',
      'lease_until text',
      'lease_token text',
      'last_error text',
      'created_at text not null',
    ]);
    // A job moves from one to the next, so that those who look for work walk over none that is done.
    await partialIndex(db, 'outbox', ['kind', 'next_at'], "state = 'ready'");
    await partialIndex(db, 'outbox', ['lease_until'], "state = 'leased'");
    await partialIndex(db, 'outbox', ['next_at'], "state in ('done', 'dead')");
    await index(db, 'outbox', 'recipient_id');
  },
};
