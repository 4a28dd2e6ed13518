// Owns one step of the tables' history: messages, their recipients and their parts. Released: never edited.

import type { Migration } from 'kysely';
import { create, index, partialIndex } from '../migration-steps.ts';

export const messages: Migration = {
  up: async (db) => {
    await create(db, 'messages', [
      'id text primary key',
      'thread_id text not null',
      'kind text not null',
      'sender_index text not null',
      'mail_id_index text',
      'repeat_index text unique',
      'repeat_digest text',
      'protection text not null',
      'rights text not null',
      'brand text not null',
      'created_at text not null',
      'expires_at text',
      'size_bytes bigint not null',
      'key_id text not null',
      'wrapped_key BYTES',
      'sealed_meta BYTES not null',
      'destroyed_at text',
    ]);
    // What senders sent, of one and of all; answers from outside are not among them.
    await partialIndex(db, 'messages', ['sender_index', 'id'], "kind = 'mail'");
    await partialIndex(db, 'messages', ['id'], "kind = 'mail'");
    await index(db, 'messages', 'thread_id', 'id');
    await index(db, 'messages', 'mail_id_index', 'id');
    await create(db, 'recipients', [
      'id text primary key',
      'message_id text not null references messages (id)',
      'position integer not null',
      'address_index text not null',
      'role text not null',
      'road text not null',
      'token_hash text not null unique',
      'sealed BYTES not null',
      'forwarded_by text',
      'created_at text not null',
      'notified_at text',
      'failed_at text',
      'failure text',
      'opened_at text',
      'read_at text',
      'replied_at text',
      'revoked_at text',
      'unique (message_id, position)',
      'unique (message_id, address_index)',
    ]);
    await index(db, 'recipients', 'address_index', 'message_id');
    await create(db, 'parts', [
      'message_id text not null references messages (id)',
      'n integer not null',
      'size_bytes bigint not null',
      'inline_bytes BYTES',
      'blob_id text',
      'primary key (message_id, n)',
    ]);
  },
};
