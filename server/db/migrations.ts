// Owns the tables' history, oldest first. What has been released is never edited: a change is a new entry.

import { PostgresAdapter, sql } from 'kysely';
import type { Kysely, Migration } from 'kysely';

export const migrations: Record<string, Migration> = {
  '001-messages': {
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
  },
  '002-outbox': {
    up: async (db) => {
      await create(db, 'outbox', [
        'id text primary key',
        'kind text not null',
        'message_id text',
        'recipient_id text',
        'sealed BYTES',
        'state text not null',
        'attempts integer not null',
        'next_at text not null',
        'give_up_at text not null',
        'lease_until text',
        'lease_token text',
        'last_error text',
        'created_at text not null',
      ]);
      // A job moves from one to the next, so that those who look for work walk over none that is done.
      await partialIndex(db, 'outbox', ['kind', 'next_at'], "state = 'ready'");
      await partialIndex(db, 'outbox', ['lease_until'], "state = 'leased'");
      await partialIndex(db, 'outbox', ['next_at'], "state in ('done', 'dead')");
      await index(db, 'outbox', 'recipient_id');
    },
  },
  '003-signin': {
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
  },
  '004-administration': {
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
  },
  '005-durability': {
    up: async (db) => {
      // Small facts about the store itself, by name: the keyring's check value, how far a background job has come.
      await create(db, 'marks', ['name text primary key', 'value text not null']);
      // What was shredded, signed: outlives the message, and a restored older backup.
      await create(db, 'tombstones', ['message_id text primary key', 'at text not null', 'signed text not null']);
      await index(db, 'tombstones', 'at', 'message_id');
      // Rewrapping goes through the messages of a key, sweeping through those whose day has come.
      await partialIndex(db, 'messages', ['key_id', 'id'], 'destroyed_at is null');
      await partialIndex(db, 'messages', ['expires_at'], 'destroyed_at is null');
      // Which blobs are somebody's.
      await partialIndex(db, 'parts', ['blob_id'], 'blob_id is not null');
    },
  },
  '006-people': {
    up: async (db) => {
      await create(db, 'people', [
        'address_index text primary key',
        'language text not null',
        'updated_at text not null',
      ]);
    },
  },
  '007-ways-in': {
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
  },
  '008-code-states': {
    // What became of the mail that carries the code, for the page that waits for it.
    up: (db) => addColumn(db, 'codes', 'sealed_mail BYTES'),
  },
  '009-requests-and-reminders': {
    up: async (db) => {
      await addColumn(db, 'recipients', 'own_expires_at text');
      // By which anybody finds out whether a notice is genuine.
      await addColumn(db, 'recipients', 'reference_index text');
      await partialIndex(db, 'recipients', ['reference_index', 'id'], 'reference_index is not null');
      await create(db, 'requests', [
        'id text primary key',
        'message_id text not null references messages (id)',
        'recipient_id text not null references recipients (id)',
        'state text not null',
        'created_at text not null',
        'answered_at text',
        'expires_at text',
        'sealed_word BYTES',
      ]);
      await index(db, 'requests', 'message_id', 'id');
      // One is enough until it is answered.
      await partialIndex(db, 'requests', ['recipient_id'], "state = 'open'", 'unique');
      await addColumn(db, 'brands', 'reminder_days integer not null default 0');
      await addColumn(db, 'messages', 'reminded_at text');
      await partialIndex(db, 'messages', ['brand', 'expires_at'], 'destroyed_at is null and reminded_at is null');
    },
  },
  '010-drafts': {
    up: async (db) => {
      await create(db, 'drafts', [
        'recipient_id text not null',
        'browser_hash text not null',
        'message_id text not null',
        'address_index text not null',
        'sealed BYTES not null',
        'updated_at text not null',
        'expires_at text',
        'primary key (recipient_id, browser_hash)',
      ]);
      await index(db, 'drafts', 'message_id');
      await index(db, 'drafts', 'address_index');
      await index(db, 'drafts', 'browser_hash', 'expires_at');
      await index(db, 'drafts', 'expires_at');
    },
  },
  '010-own-data': {
    up: async (db) => {
      await addColumn(db, 'audit', 'person_index text');
      await partialIndex(db, 'audit', ['person_index', 'seq'], 'person_index is not null');
      await partialIndex(db, 'sessions', ['address_index'], 'ended_at is null');
    },
  },
  '010-written': {
    up: async (db) => {
      // What people outside wrote here: answers, and what they began themselves.
      await partialIndex(db, 'messages', ['sender_index', 'id'], "kind = 'reply'");
    },
  },
};

// Table and column names come from this file alone, so raw text is safe here. What the engines name differently: BYTES,
// and text that compares by its bytes, as ids and times must.
async function create(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await sql.raw(`create table if not exists ${table} (${inEngine(db, columns.join(', '))})`).execute(db);
}

/**
 * `definition`: the column's name, then its type and the rest. SQLite has no `if not exists` for a column, and keeps what a
 * migration that broke off had done.
 */
async function addColumn(db: Kysely<unknown>, table: string, definition: string): Promise<void> {
  const [column = ''] = definition.split(' ', 1);
  const found = (await db.introspection.getTables()).find(({ name }) => name === table);
  if (found?.columns.some(({ name }) => name === column) === true) return;
  await sql.raw(`alter table ${table} add column ${inEngine(db, definition)}`).execute(db);
}

function inEngine(db: Kysely<unknown>, definition: string): string {
  return isPostgres(db)
    ? definition.replaceAll('BYTES', 'bytea').replace(/\btext\b/g, 'text collate "C"')
    : definition.replaceAll('BYTES', 'blob');
}

async function index(db: Kysely<unknown>, table: string, ...columns: readonly string[]): Promise<void> {
  const name = `${table}_by_${columns.join('_')}`;
  await sql.raw(`create index if not exists ${name} on ${table} (${columns.join(', ')})`).execute(db);
}

/** Of the rows that `where` holds for. A query uses it only if it says the same, in literals. */
async function partialIndex(
  db: Kysely<unknown>,
  table: string,
  columns: readonly string[],
  where: string,
  kind: 'unique' | '' = '',
): Promise<void> {
  const name = [table, 'where', ...(where.match(/\w+/g) ?? []), 'by', ...columns].join('_');
  await sql
    .raw(`create ${kind} index if not exists ${name} on ${table} (${columns.join(', ')}) where ${where}`)
    .execute(db);
}

function isPostgres(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
