// Owns one step of the tables' history: requests for more time, references of notices and reminders. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, create, index, partialIndex } from '../migration-steps.ts';

export const requestsAndReminders: Migration = {
  up: async (db) => {
    await addColumn(db, 'recipients', 'own_expires_at text');
    // By which anybody finds out whether a notice is genuine.
    await addColumn(db, 'recipients', 'reference_index text');
    await partialIndex(db, 'recipients', ['reference_index', 'id'], 'reference_index is not null');
    await create(db, 'requests', [
      'id text primary key',
      'message_id text not null references messages (id)',
      'recipient_id text not null references recipients (id)',
      'state text not null',
      'created_at text not null',
      'answered_at text',
      'expires_at text',
      'sealed_word BYTES',
    ]);
    await index(db, 'requests', 'message_id', 'id');
    // One is enough until it is answered.
    await partialIndex(db, 'requests', ['recipient_id'], "state = 'open'", 'unique');
    await addColumn(db, 'brands', 'reminder_days integer not null default 0');
    await addColumn(db, 'messages', 'reminded_at text');
    await partialIndex(db, 'messages', ['brand', 'expires_at'], 'destroyed_at is null and reminded_at is null');
  },
};
