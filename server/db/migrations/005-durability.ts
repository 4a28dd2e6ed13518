// Owns one step of the tables' history: what the store remembers of itself and of what was shredded. Released: never edited.

import type { Migration } from 'kysely';
import { create, index, partialIndex } from '../migration-steps.ts';

export const durability: Migration = {
  up: async (db) => {
    // Small facts about the store itself, by name: the keyring's check value, how far a background job has come.
    await create(db, 'marks', ['name text primary key', 'value text not null']);
    // What was shredded, signed: outlives the message, and a restored older backup.
    await create(db, 'tombstones', ['message_id text primary key', 'at text not null', 'signed text not null']);
    await index(db, 'tombstones', 'at', 'message_id');
    // Rewrapping goes through the messages of a key, sweeping through those whose day has come.
    await partialIndex(db, 'messages', ['key_id', 'id'], 'destroyed_at is null');
    await partialIndex(db, 'messages', ['expires_at'], 'destroyed_at is null');
    // Which blobs are somebody's.
    await partialIndex(db, 'parts', ['blob_id'], 'blob_id is not null');
  },
};
