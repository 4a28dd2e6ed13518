// Owns one step of the tables' history: lists of what people outside wrote. Released: never edited.

import type { Migration } from 'kysely';
import { partialIndex } from '../migration-steps.ts';

export const written: Migration = {
  up: async (db) => {
    // What people outside wrote here: answers, and what they began themselves.
    await partialIndex(db, 'messages', ['sender_index', 'id'], "kind = 'reply'");
  },
};
