// Owns one step of the tables' history: signed statements about the audit log, and finding its entries by event and by time.
// Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const auditStatements: Migration = {
  up: async (db) => {
    await create(db, 'audit_checkpoints', [
      'kind text not null',
      'seq bigint not null',
      'at text not null',
      'signed text not null',
      'primary key (kind, seq)',
    ]);
    await index(db, 'audit', 'event', 'seq');
    await index(db, 'audit', 'at', 'seq');
  },
};
