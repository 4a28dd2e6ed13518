// Owns the rows of recipients: who a message is for, and what became of it with each.

import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import { blankRow, prepared, preparedFirst } from '../db/prepared.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';

export async function insertRecipients(tx: Tx, rows: readonly RecipientsTable[]): Promise<void> {
  for (const row of rows) await addRecipient(tx, row);
}

const addRecipient = prepared((db, row: RecipientsTable) =>
  db.insertInto('recipients').values(blankRow(row, recipientColumns)),
);

const recipientColumns = {
  id: true,
  message_id: true,
  position: true,
  address_index: true,
  role: true,
  road: true,
  token_hash: true,
  sealed: true,
  forwarded_by: true,
  created_at: true,
  notified_at: true,
  failed_at: true,
  failure: true,
  opened_at: true,
  read_at: true,
  replied_at: true,
  revoked_at: true,
  own_expires_at: true,
  answered_form: true,
  reference_index: true,
  sealed_delivery: true,
  fetched_at: true,
} as const;

/** Waits its turn for what is decided by who the recipients are: to be called before they are read. */
export function holdRecipients(tx: Tx, messageId: string): Promise<void> {
  return holdLock(tx, `recipients ${messageId}`);
}

/** Adds one recipient after the others, which are held. @returns false when the address is one of them already. */
export async function appendRecipient(tx: Tx, row: Omit<RecipientsTable, 'position'>): Promise<boolean> {
  const last = await tx
    .selectFrom('recipients')
    .select('position')
    .where('message_id', '=', row.message_id)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  const added = await tx
    .insertInto('recipients')
    .values({ ...row, position: (last?.position ?? -1) + 1 })
    .onConflict((conflict) => conflict.columns(['message_id', 'address_index']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

/** In the order of the mail. */
export async function listRecipients(db: Db | Tx, messageId: string): Promise<RecipientsTable[]> {
  // Put in order here: SQLite would plan that anew each time.
  return (await findRecipients(db, { messageId })).toSorted((a, b) => a.position - b.position);
}

const findRecipients = prepared((db, { messageId }: { messageId: string }) =>
  db.selectFrom('recipients').selectAll().where('message_id', '=', messageId),
);

/** Of several messages at once: by the message's id, each in the order of its mail. */
export async function listRecipientsOf(
  db: Db,
  messages: readonly { readonly id: string }[],
): Promise<(messageId: string) => readonly RecipientsTable[]> {
  const ids = messages.map(({ id }) => id);
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('recipients')
          .selectAll()
          .where('message_id', 'in', ids)
          .orderBy('message_id')
          .orderBy('position')
          .execute();
  const byMessage = Map.groupBy(rows, (row) => row.message_id);
  return (messageId) => byMessage.get(messageId) ?? [];
}

/** Whom this recipient passed the message on to, in the order in which they did. */
export async function listForwardsOf(db: Db, messageId: string, recipientId: string): Promise<RecipientsTable[]> {
  // What SQLite puts in order it plans anew each time, and most readers pass nothing on.
  return (await findForwardsOf(db, { messageId, recipientId })).toSorted((a, b) => a.position - b.position);
}

const findForwardsOf = prepared((db, blank: { messageId: string; recipientId: string }) =>
  db
    .selectFrom('recipients')
    .selectAll()
    .where('message_id', '=', blank.messageId)
    .where('forwarded_by', '=', blank.recipientId),
);

export function loadRecipient(db: Db | Tx, id: string): Promise<RecipientsTable | undefined> {
  return findRecipient(db, { id });
}

const findRecipient = preparedFirst((db, { id }: { id: string }) =>
  db.selectFrom('recipients').selectAll().where('id', '=', id),
);

export function loadRecipientByToken(db: Db, tokenHash: string): Promise<RecipientsTable | undefined> {
  return db.selectFrom('recipients').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}

/** The recipient row of this address on this message: the address stands in the query, not beside it. */
export function loadRecipientOf(db: Db, messageId: string, addressIndex: string): Promise<RecipientsTable | undefined> {
  return findRecipientOf(db, { messageId, addressIndex });
}

const findRecipientOf = preparedFirst((db, blank: { messageId: string; addressIndex: string }) =>
  db
    .selectFrom('recipients')
    .selectAll()
    .where('message_id', '=', blank.messageId)
    .where('address_index', '=', blank.addressIndex),
);

/** The same, where the message is to be read here: who has the mail itself, or is to get it, reads it in their own mailbox. */
export async function loadReaderOf(
  db: Db,
  messageId: string,
  addressIndex: string,
): Promise<RecipientsTable | undefined> {
  const recipient = await loadRecipientOf(db, messageId, addressIndex);
  return recipient?.road === 'direct' ? undefined : recipient;
}

/** Whether anything was ever sent to this address. */
export async function isRecipient(db: Db, addressIndex: string): Promise<boolean> {
  const row = await db
    .selectFrom('recipients')
    .select('id')
    .where('address_index', '=', addressIndex)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whom the notices with this reference are for; should two have the same, the newer. */
export function loadRecipientByReference(db: Db, referenceIndex: string): Promise<RecipientsTable | undefined> {
  return (
    db
      .selectFrom('recipients')
      .selectAll()
      .where('reference_index', '=', referenceIndex)
      // Said so that both engines use the index of those that have one.
      .where('reference_index', 'is not', null)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
  );
}

/** Takes the message back from these positions, or from all; those it is held from do not get it later. @returns whose changed. */
export async function revoke(
  tx: Tx,
  messageId: string,
  positions: readonly number[] | 'all',
  now: string,
): Promise<number[]> {
  const rows: { id: string; position: number }[] = [];
  for (const table of PLACES) {
    let query = tx
      .updateTable(table)
      .set({ revoked_at: now })
      .where('message_id', '=', messageId)
      .where('revoked_at', 'is', null)
      // What lies in somebody's mailbox is not taken back, and nothing here says that it were.
      .where((eb) => eb.or([eb('road', '!=', 'direct'), eb('notified_at', 'is', null)]));
    if (positions !== 'all') query = query.where('position', 'in', [...positions]);
    rows.push(...(await query.returning(['id', 'position']).execute()));
  }
  const ids = rows.map(({ id }) => id);
  // Nobody is left who could send what they had begun to answer.
  if (ids.length > 0) await tx.deleteFrom('drafts').where('recipient_id', 'in', ids).execute();
  return placesOf(rows);
}

/** Where a message's recipients stand: among all others, or apart while a rule holds it. */
const PLACES = ['recipients', 'held_recipients'] as const;

/** This reader's time ends then; null: with the message's. */
export async function setOwnEnd(tx: Tx, id: string, end: string | null): Promise<void> {
  await tx.updateTable('recipients').set({ own_expires_at: end }).where('id', '=', id).execute();
}

/** The time of all but one ends then, unless it ends apart already. */
export async function pinOwnEnds(tx: Tx, messageId: string, exceptId: string, end: string): Promise<void> {
  await tx
    .updateTable('recipients')
    .set({ own_expires_at: end })
    .where('message_id', '=', messageId)
    .where('id', '!=', exceptId)
    .where('own_expires_at', 'is', null)
    .execute();
}

/** Everybody's time ends with the message's. */
export async function clearOwnEnds(tx: Tx, messageId: string): Promise<void> {
  await tx
    .updateTable('recipients')
    .set({ own_expires_at: null })
    .where('message_id', '=', messageId)
    .where('own_expires_at', 'is not', null)
    .execute();
}

/** Gives it back. @returns whose changed. */
export async function restore(tx: Tx, messageId: string, positions: readonly number[] | 'all'): Promise<number[]> {
  const rows: { position: number }[] = [];
  for (const table of PLACES) {
    let query = tx
      .updateTable(table)
      .set({ revoked_at: null })
      .where('message_id', '=', messageId)
      .where('revoked_at', 'is not', null);
    if (positions !== 'all') query = query.where('position', 'in', [...positions]);
    rows.push(...(await query.returning('position').execute()));
  }
  return placesOf(rows);
}

function placesOf(rows: readonly { readonly position: number }[]): number[] {
  return rows.map(({ position }) => position).toSorted((a, b) => a - b);
}
