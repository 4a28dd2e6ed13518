// Owns one step of the tables' history: which client certificates were shown at ingestion, so that their end is known before it comes.
// Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const inboundSeen: Migration = {
  up: async (db) => {
    await create(db, 'inbound_seen', ['id text primary key', 'day text not null', 'sealed BYTES not null']);
    await index(db, 'inbound_seen', 'day', 'id');
  },
};
