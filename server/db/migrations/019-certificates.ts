// Owns one step of the tables' history: certificates for S/MIME. Released: never edited.

import type { Migration } from 'kysely';
import { create, index, partialIndex } from '../migration-steps.ts';

export const certificates: Migration = {
  up: async (db) => {
    await create(db, 'certificates', [
      'id text primary key',
      'fingerprint_index text not null unique',
      'role text not null',
      'state text not null',
      'not_after text not null',
      'standing text not null',
      'standing_until text',
      'look_at text',
      'tell_at text',
      'used_at text',
      'created_at text not null',
      'sealed BYTES not null',
      'sealed_key BYTES',
    ]);
    await index(db, 'certificates', 'role', 'id');
    await partialIndex(db, 'certificates', ['tell_at'], 'tell_at is not null');
    await partialIndex(db, 'certificates', ['look_at'], 'look_at is not null');
    await create(db, 'certificate_addresses', [
      'certificate_id text not null',
      'address_index text not null',
      'primary key (certificate_id, address_index)',
    ]);
    await index(db, 'certificate_addresses', 'address_index', 'certificate_id');
  },
};
