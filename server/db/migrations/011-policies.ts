// Owns one step of the tables' history: the versions of the policy, and which rules met which messages. Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const policies: Migration = {
  up: async (db) => {
    // Apart from the document, so that a list of versions opens little.
    await create(db, 'policies', [
      'version integer primary key',
      'at text not null',
      'sealed_card BYTES not null',
      'sealed BYTES not null',
    ]);
    await create(db, 'rule_hits', [
      'message_id text not null references messages (id)',
      'rule_id text not null',
      'effect text not null',
      'at text not null',
      'primary key (message_id, rule_id)',
    ]);
    await index(db, 'rule_hits', 'rule_id', 'at');
  },
};
