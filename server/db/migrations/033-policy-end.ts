// Owns one step of the tables' history: the end that rules and labels set for a message. What came before has none.
// Released: never edited.

import type { Migration } from 'kysely';
import { addColumn } from '../migration-steps.ts';

export const policyEnd: Migration = {
  up: async (db) => {
    await addColumn(db, 'messages', 'policy_end text');
  },
};
