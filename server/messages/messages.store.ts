// Owns the rows of messages and their parts. What a change means for recipients stands in
// recipients.store.ts.

import { sql } from 'kysely';
import type { SelectQueryBuilder } from 'kysely';
import { limits } from '../core/limits.ts';
import { joinWords, splitWords } from '../core/proofs.ts';
import type { Db, Tx } from '../db/engine.ts';
import { blankRow, prepared, preparedFirst } from '../db/prepared.ts';
import type { Tables } from '../db/tables.ts';
import type { MessagesTable, PartsTable, RecipientsTable } from '../db/tables/messages.ts';
import type { SealedPart } from './seal.ts';

/**
 * Stores the message unless its repeat key is known already.
 * @returns whether it was stored; when not, `loadRepeat` tells what it repeats.
 */
export async function insertMessage(tx: Tx, row: MessagesTable, parts: readonly SealedPart[]): Promise<boolean> {
  const inserted = await addMessage(tx, row);
  if (inserted === undefined) return false;
  for (const { n, sizeBytes, inlineBytes, blobId } of parts) {
    await addPart(tx, { message_id: row.id, n, size_bytes: sizeBytes, inline_bytes: inlineBytes, blob_id: blobId });
  }
  return true;
}

const addMessage = preparedFirst((db, row: MessagesTable) =>
  db
    .insertInto('messages')
    .values(blankRow(row, messageColumns))
    .onConflict((conflict) => conflict.column('repeat_index').doNothing())
    .returning('id'),
);

const addPart = prepared((db, row: PartsTable) => db.insertInto('parts').values(blankRow(row, partColumns)));

const messageColumns = {
  id: true,
  thread_id: true,
  kind: true,
  sender_index: true,
  mail_id_index: true,
  repeat_index: true,
  repeat_digest: true,
  protection: true,
  rights: true,
  brand: true,
  demands: true,
  phrase_id: true,
  created_at: true,
  expires_at: true,
  policy_end: true,
  size_bytes: true,
  key_id: true,
  wrapped_key: true,
  sealed_meta: true,
  destroyed_at: true,
  reminded_at: true,
  reminder_days: true,
  retention_days: true,
} as const;

const partColumns = { message_id: true, n: true, size_bytes: true, inline_bytes: true, blob_id: true } as const;

export function loadRepeat(db: Db | Tx, repeatIndex: string): Promise<MessagesTable | undefined> {
  return findRepeat(db, { repeatIndex });
}

const findRepeat = preparedFirst((db, { repeatIndex }: { repeatIndex: string }) =>
  db.selectFrom('messages').selectAll().where('repeat_index', '=', repeatIndex),
);

export function loadMessage(db: Db | Tx, id: string): Promise<MessagesTable | undefined> {
  return findMessage(db, { id });
}

const findMessage = preparedFirst((db, { id }: { id: string }) =>
  db.selectFrom('messages').selectAll().where('id', '=', id),
);

/** Only if one of these sent it. */
export function loadSent(
  db: Db | Tx,
  id: string,
  senderIndexes: readonly string[],
): Promise<MessagesTable | undefined> {
  return db
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', id)
    .where('sender_index', 'in', [...senderIndexes])
    .executeTakeFirst();
}

export function loadPart(db: Db, messageId: string, n: number): Promise<PartsTable | undefined> {
  return findPart(db, { messageId, n });
}

const findPart = preparedFirst((db, { messageId, n }: { messageId: string; n: number }) =>
  db.selectFrom('parts').selectAll().where('message_id', '=', messageId).where('n', '=', n),
);

/**
 * Lists go by id, which sorts by time, newest first. A page holds the `limit` messages next `before` a cursor, or
 * next `after` one, and what comes in meanwhile moves none of them. Without a cursor it begins at the newest.
 */
export type PageAsk = { readonly limit: number } & (
  { readonly before?: string | undefined } | { readonly after: string }
);

/** Mails these senders sent, newest first; `undefined`: everybody's. */
export async function listSent(
  db: Db,
  senderIndexes: readonly string[] | undefined,
  page: PageAsk,
): Promise<MessagesTable[]> {
  const { beyond, cursor, order } = walk(page);
  // The kind is a literal: only then both engines use the index of mails alone.
  const mails = db
    .selectFrom('messages')
    .select('id')
    .where('kind', '=', sql.lit('mail'))
    .where('id', beyond, cursor)
    .orderBy('id', order)
    .limit(page.limit);
  const fronts = senderIndexes?.map((index) => mails.where('sender_index', '=', index)) ?? [mails];
  if (fronts.length === 0) return [];
  const found = await db
    .selectFrom('messages')
    .selectAll()
    .where('id', 'in', together(db, fronts))
    .orderBy('id', order)
    .limit(page.limit)
    .execute();
  return order === 'desc' ? found : found.toReversed();
}

/** What this person, who is outside, wrote here and did not write as an answer, newest first. */
export async function listBegun(db: Db, senderIndex: string, most: number): Promise<MessagesTable[]> {
  // The kind is a literal, as above.
  return db
    .selectFrom('messages')
    .selectAll()
    .where('sender_index', '=', senderIndex)
    .where('kind', '=', sql.lit('reply'))
    .whereRef('thread_id', '=', 'id')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
}

/** Whether this person, who is outside, ever wrote here. */
export async function hasWritten(db: Db, senderIndex: string): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select('id')
    .where('sender_index', '=', senderIndex)
    .where('kind', '=', sql.lit('reply'))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface ReceivedRow {
  readonly message: MessagesTable;
  readonly recipient: RecipientsTable;
}

/** Messages that this address is to read here, newest first: not those that go to its own mailbox themselves. */
export async function listReceived(db: Db, addressIndex: string, page: PageAsk): Promise<ReceivedRow[]> {
  const { beyond, cursor, order } = walk(page);
  const recipients = await db
    .selectFrom('recipients')
    .selectAll()
    .where('address_index', '=', addressIndex)
    .where('message_id', beyond, cursor)
    .where('road', '!=', 'direct')
    .orderBy('message_id', order)
    .limit(page.limit)
    .execute();
  if (recipients.length === 0) return [];
  const ids = recipients.map((recipient) => recipient.message_id);
  const messages = await db.selectFrom('messages').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(messages.map((message) => [message.id, message]));
  const found = recipients.flatMap((recipient) => {
    const message = byId.get(recipient.message_id);
    return message === undefined ? [] : [{ message, recipient }];
  });
  return order === 'desc' ? found : found.toReversed();
}

// Greater than every id: the page that begins at the newest is a page like all others, one statement for both.
const BEYOND_NEWEST = '~';

/** In which direction, and from where. */
export function walk(page: PageAsk) {
  return 'after' in page
    ? ({ beyond: '>', cursor: page.after, order: 'asc' } as const)
    : ({ beyond: '<', cursor: page.before ?? BEYOND_NEWEST, order: 'desc' } as const);
}

/** Whether somebody outside has written in this conversation. */
export async function hasAnswer(db: Db, threadId: string): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select('id')
    .where('thread_id', '=', threadId)
    .where('kind', '=', sql.lit('reply'))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The other messages of a conversation, the newest hundred of them, oldest first. */
export async function listThread(db: Db, threadId: string, exceptId: string): Promise<MessagesTable[]> {
  // Most messages stand alone. SQLite plans what is put in order anew each time, this it plans once.
  const [, second] = await findTwo(db, { threadId });
  if (second === undefined) return [];
  return (await findThread(db, { threadId, exceptId })).toReversed();
}

const findTwo = prepared((db, { threadId }: { threadId: string }) =>
  db.selectFrom('messages').select('id').where('thread_id', '=', threadId).limit(sql.lit(2)),
);

const findThread = prepared((db, blank: { threadId: string; exceptId: string }) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('thread_id', '=', blank.threadId)
    .where('id', '!=', blank.exceptId)
    .orderBy('id', 'desc')
    .limit(sql.lit(limits.threadEntriesMax)),
);

/** The newest message that one of these Message-IDs belongs to, for continuing its conversation. */
export function loadByMailId(db: Db, mailIdIndexes: readonly string[]): Promise<MessagesTable | undefined> {
  if (mailIdIndexes.length === 0) return Promise.resolve(undefined);
  const newest = db.selectFrom('messages').select('id').orderBy('id', 'desc').limit(1);
  const fronts = mailIdIndexes.map((index) => newest.where('mail_id_index', '=', index));
  return db
    .selectFrom('messages')
    .selectAll()
    .where('id', 'in', together(db, fronts))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

type Ids = SelectQueryBuilder<Tables, 'messages', { id: string }>;

/** Each takes a few ids from the front of an index; so what is put in order then is never more than a few. */
function together(db: Db, [first, ...others]: readonly Ids[]) {
  const whole = (front: Ids) => db.selectFrom(front.as('front')).select('id');
  if (first === undefined) throw new Error('nothing is looked for');
  return others.reduce((all, front) => all.unionAll(whole(front)), whole(first));
}

/** From now on its readers are asked for this phrase, beside all that was demanded before. */
export async function demandPhrase(tx: Tx, id: string, phraseId: string): Promise<void> {
  const row = await loadMessage(tx, id);
  const demands = joinWords([...splitWords(row?.demands ?? ''), 'phrase']);
  await tx.updateTable('messages').set({ phrase_id: phraseId, demands }).where('id', '=', id).execute();
}

/** @returns false when the message is destroyed: there is nothing left to keep longer or shorter. */
export async function setExpiry(tx: Tx, id: string, expiresAt: string): Promise<boolean> {
  const changed = await tx
    .updateTable('messages')
    .set({ expires_at: expiresAt })
    .where('id', '=', id)
    .where('destroyed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (changed === undefined) return false;
  // A draft lasts as long as what it answers; what was set aside has its own hour.
  await tx
    .updateTable('drafts')
    .set({ expires_at: expiresAt })
    .where('message_id', '=', id)
    .where('browser_hash', '=', '')
    .execute();
  return true;
}
