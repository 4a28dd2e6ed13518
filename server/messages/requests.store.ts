// Owns the rows of requests for more time: one open for each reader of a message, until its sender answers.

import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { prepared } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { RequestsTable } from '../db/tables/messages.ts';

/** @returns false when one of this reader's is still open. */
export async function insertRequest(
  tx: Tx,
  row: Pick<RequestsTable, 'id' | 'message_id' | 'recipient_id' | 'created_at'>,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('requests')
    .values({ ...row, state: 'open', answered_at: null, expires_at: null, sealed_word: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export function loadRequest(db: Db | Tx, id: string): Promise<RequestsTable | undefined> {
  return db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
}

/** This reader's newest. */
export function latestRequest(db: Db | Tx, messageId: string, recipientId: string): Promise<RequestsTable | undefined> {
  return db
    .selectFrom('requests')
    .selectAll()
    .where('message_id', '=', messageId)
    .where('recipient_id', '=', recipientId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Of these messages, oldest first. */
export function listRequests(db: Db | Tx, messageIds: readonly string[]): Promise<RequestsTable[]> {
  if (messageIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('requests')
    .selectAll()
    .where('message_id', 'in', [...messageIds])
    .orderBy('message_id')
    .orderBy('id')
    .execute();
}

/** Of one message, oldest first. */
export async function listRequestsOf(db: Db | Tx, messageId: string): Promise<RequestsTable[]> {
  // Put in order here: SQLite would plan that anew each time.
  return (await findRequestsOf(db, { messageId })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const findRequestsOf = prepared((db, { messageId }: { messageId: string }) =>
  db.selectFrom('requests').selectAll().where('message_id', '=', messageId),
);

/** Answers the request if nobody has. @returns whether this call was the one. */
export async function answerRequest(
  tx: Tx,
  id: string,
  answer: Pick<RequestsTable, 'answered_at' | 'expires_at' | 'sealed_word'> & { readonly state: 'given' | 'refused' },
): Promise<boolean> {
  const answered = await tx
    .updateTable('requests')
    .set(answer)
    .where('id', '=', id)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  return answered !== undefined;
}

export function sealWord(keyring: Keyring, requestId: string, word: string): Buffer {
  return keyring.sealRecord(context(requestId), word);
}

/** The sender's word, or '' when there is none. */
export function openWord(keyring: Keyring, row: RequestsTable): string {
  return row.sealed_word === null ? '' : keyring.openRecord(context(row.id), row.sealed_word).toString('utf8');
}

export const requestRecords: SealedColumn = {
  table: 'requests',
  key: 'id',
  before: '',
  column: 'sealed_word',
  name: (id) => context(String(id)),
};

function context(requestId: string): string {
  return `request ${requestId}`;
}
