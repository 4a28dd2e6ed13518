// Owns one step of the tables' history: codes, sessions and the counters of limits. Released: never edited.

import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const signin: Migration = {
  up: async (db) => {
    await create(db, 'challenges', [
      'id text primary key',
      'purpose text not null',
      'address_index text not null',
      'sealed_address BYTES not null',
      'browser_hash text not null',
      'salt BYTES not null',
      'attempts integer not null',
      'created_at text not null',
      'expires_at text not null',
    ]);
    await index(db, 'challenges', 'browser_hash', 'purpose', 'id');
    await index(db, 'challenges', 'expires_at');
    await create(db, 'codes', [
      'id text primary key',
      'challenge_id text not null references challenges (id) on delete cascade',
      'code_hash BYTES not null',
      'sealed_reference BYTES not null',
      'created_at text not null',
      'expires_at text not null',
      'used_at text',
    ]);
    await index(db, 'codes', 'challenge_id', 'id');
    await create(db, 'sessions', [
      'token_hash text primary key',
      'address_index text not null',
      'sealed_address BYTES not null',
      'created_at text not null',
      'seen_at text not null',
      'expires_at text not null',
      'ended_at text',
    ]);
    await index(db, 'sessions', 'expires_at');
    await create(db, 'counters', ['key text primary key', 'count integer not null', 'window_ends_at text not null']);
    await index(db, 'counters', 'window_ends_at');
  },
};
