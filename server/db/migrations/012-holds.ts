// Owns one step of the tables' history: messages that wait for approval. Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const holds: Migration = {
  up: async (db) => {
    await create(db, 'holds', [
      'id text primary key',
      'message_id text not null references messages (id)',
      'rule_id text not null',
      'state text not null',
      'created_at text not null',
      'answered_at text',
      'sealed BYTES not null',
    ]);
    await index(db, 'holds', 'message_id', 'id');
    await create(db, 'hold_approvers', [
      'hold_id text not null references holds (id)',
      'address_index text not null',
      'primary key (hold_id, address_index)',
    ]);
    await index(db, 'hold_approvers', 'address_index', 'hold_id');
    // The columns of `recipients`; a test keeps the two alike.
    await create(db, 'held_recipients', [
      'id text primary key',
      'message_id text not null references messages (id)',
      'position integer not null',
      'address_index text not null',
      'role text not null',
      'road text not null',
      'token_hash text not null',
      'sealed BYTES not null',
      'forwarded_by text',
      'created_at text not null',
      'notified_at text',
      'failed_at text',
      'failure text',
      'opened_at text',
      'read_at text',
      'replied_at text',
      'revoked_at text',
      'own_expires_at text',
      'reference_index text',
      'answered_form text',
    ]);
    await index(db, 'held_recipients', 'message_id', 'position');
  },
};
