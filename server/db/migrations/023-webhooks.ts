// Owns one step of the tables' history: where events are sent, what was sent there, and what came of each try. Released: never
// edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const webhooks: Migration = {
  up: async (db) => {
    await create(db, 'webhooks', [
      'id text primary key',
      'version integer not null',
      'state text not null',
      'off_because text',
      'sealed BYTES not null',
      'after_seq bigint not null',
      'failing_since text',
      'created_at text not null',
    ]);
    await create(db, 'webhook_deliveries', [
      'id text primary key',
      'webhook_id text not null',
      'event text not null',
      'body text not null',
      'state text not null',
      'created_at text not null',
    ]);
    await index(db, 'webhook_deliveries', 'webhook_id', 'id');
    await index(db, 'webhook_deliveries', 'created_at');
    await create(db, 'webhook_attempts', [
      'id text primary key',
      'delivery_id text not null',
      'at text not null',
      'outcome text not null',
    ]);
    await index(db, 'webhook_attempts', 'delivery_id', 'id');
  },
};
