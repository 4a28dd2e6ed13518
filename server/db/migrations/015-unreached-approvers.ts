// Owns one step of the tables' history: who of those that may let a message go could not be told of it. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn } from '../migration-steps.ts';

export const unreachedApprovers: Migration = {
  up: (db) => addColumn(db, 'hold_approvers', 'unreached_at text'),
};
