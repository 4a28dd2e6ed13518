// Owns one step of the tables' history: how TLS with others' mail servers went, until it is reported to them, and what others
// report of ours. Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const tlsReports: Migration = {
  up: async (db) => {
    await create(db, 'tls_reports', ['id text primary key', 'day text not null', 'sealed BYTES not null']);
    await index(db, 'tls_reports', 'day', 'id');
    await create(db, 'tls_results', [
      'id text primary key',
      'day text not null',
      'domain_index text not null',
      'count bigint not null',
      'sealed BYTES not null',
    ]);
    await index(db, 'tls_results', 'day', 'domain_index');
  },
};
