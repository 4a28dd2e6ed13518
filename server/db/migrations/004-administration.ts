// Owns one step of the tables' history: brands, API keys, the audit log and the mailbox of try-out mode. Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const administration: Migration = {
  up: async (db) => {
    await create(db, 'brands', [
      'id text primary key',
      'name text not null',
      'colour text not null',
      'introduction text not null',
      'portal_text text not null',
      'footer text not null',
      'logo_png BYTES',
      'version integer not null',
      'updated_at text not null',
    ]);
    await create(db, 'api_keys', [
      'id text primary key',
      'secret_hash text not null',
      'scopes text not null',
      'sealed BYTES not null',
      'created_at text not null',
      'last_used_at text',
      'revoked_at text',
    ]);
    await create(db, 'audit', [
      'seq bigint primary key',
      'at text not null',
      'event text not null',
      'message_id text',
      'recipient_id text',
      'sealed BYTES not null',
      'hash text not null',
    ]);
    await index(db, 'audit', 'message_id', 'seq');
    await create(db, 'try_mail', ['id text primary key', 'at text not null', 'sealed BYTES not null']);
  },
};
