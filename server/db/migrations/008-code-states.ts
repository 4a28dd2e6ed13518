// Owns one step of the tables' history: what became of a code's mail. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn } from '../migration-steps.ts';

export const codeStates: Migration = {
  // What became of the mail that carries the code, for the page that waits for it.
  up: (db) => addColumn(db, 'codes', 'sealed_mail BYTES'),
};
