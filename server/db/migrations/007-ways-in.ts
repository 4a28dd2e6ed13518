// Owns one step of the tables' history: accounts, passkeys and access phrases, and messages that demand them. Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, create, index, partialIndex } from '../migration-steps.ts';

export const waysIn: Migration = {
  up: async (db) => {
    await addColumn(db, 'messages', "demands text not null default ''");
    await addColumn(db, 'messages', 'phrase_id text');
    await partialIndex(db, 'messages', ['phrase_id'], 'phrase_id is not null');
    // Until now there was no other way.
    await addColumn(db, 'sessions', "proved text not null default 'code'");
    await create(db, 'ceremonies', [
      'id text primary key',
      'kind text not null',
      'browser_hash text not null',
      'sealed BYTES not null',
      'expires_at text not null',
    ]);
    await index(db, 'ceremonies', 'expires_at');
    await create(db, 'identities', [
      'id text primary key',
      'provider text not null',
      'address_index text not null',
      'created_at text not null',
      'unique (address_index, provider)',
    ]);
    await create(db, 'passkeys', [
      'id text primary key',
      'address_index text not null',
      'sealed BYTES not null',
      'counter bigint not null',
      'created_at text not null',
      'used_at text',
    ]);
    await index(db, 'passkeys', 'address_index', 'id');
    await create(db, 'phrases', [
      'id text primary key',
      'salt BYTES not null',
      'phrase_hash BYTES not null',
      'version integer not null',
    ]);
    await create(db, 'phrase_proofs', [
      'session_hash text not null references sessions (token_hash) on delete cascade',
      'phrase_id text not null references phrases (id) on delete cascade',
      'version integer not null',
      'primary key (session_hash, phrase_id)',
    ]);
    await index(db, 'phrase_proofs', 'phrase_id');
  },
};
