// Owns the rows of what waits for approval: the holds of a message, who may lift each, and its recipients until then.

import { sql } from 'kysely';
import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { prepared } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import { listRecipients, listRecipientsOf } from './recipients.store.ts';

const cardSchema = z.object({
  /** What the rule is called. */
  name: z.string(),
  /** Addresses of those who may lift it; any one of them. */
  approvers: z.array(z.string()),
  answeredBy: z.string().optional(),
  /** What the approver wrote to the sender. */
  word: z.string().optional(),
});

export type HoldCard = z.output<typeof cardSchema>;

export interface NewHold {
  readonly id: string;
  readonly messageId: string;
  readonly ruleId: string;
  readonly name: string;
  readonly approvers: readonly Address[];
  readonly createdAt: string;
}

export async function insertHold(keyring: Keyring, tx: Tx, hold: NewHold): Promise<void> {
  const { id, name, approvers } = hold;
  await tx
    .insertInto('holds')
    .values({
      id,
      message_id: hold.messageId,
      rule_id: hold.ruleId,
      state: 'open',
      created_at: hold.createdAt,
      answered_at: null,
      sealed: sealCard(keyring, id, { name, approvers: [...approvers] }),
    })
    .execute();
  const indexes = new Set(approvers.map((address) => addressIndex(keyring, address)));
  for (const index of indexes) {
    await tx.insertInto('hold_approvers').values({ hold_id: id, address_index: index, unreached_at: null }).execute();
  }
}

export async function insertHeldRecipients(tx: Tx, rows: readonly RecipientsTable[]): Promise<void> {
  for (const row of rows) await tx.insertInto('held_recipients').values(row).execute();
}

/** In the order of the mail. */
export function listHeldRecipients(db: Db | Tx, messageIds: readonly string[]): Promise<RecipientsTable[]> {
  if (messageIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('held_recipients')
    .selectAll()
    .where('message_id', 'in', [...messageIds])
    .orderBy('message_id')
    .orderBy('position')
    .execute();
}

/** Of one message, in the order of the mail, whether they have been told or wait with it. */
export async function listAllRecipients(db: Db | Tx, messageId: string): Promise<readonly RecipientsTable[]> {
  const told = await listRecipients(db, messageId);
  return told.length > 0 ? told : listHeldRecipients(db, [messageId]);
}

export interface AllRecipients {
  /** Each in the order of its mail, whether they have been told or wait with it. */
  readonly of: (messageId: string) => readonly RecipientsTable[];
  /** Ids of the messages nobody has been told of: those that wait, and those that were refused. */
  readonly untold: readonly string[];
}

/** Of several messages at once. */
export async function listAllRecipientsOf(
  db: Db,
  messages: readonly { readonly id: string }[],
): Promise<AllRecipients> {
  const told = await listRecipientsOf(db, messages);
  const untold = messages.map(({ id }) => id).filter((id) => told(id).length === 0);
  const held = Map.groupBy(await listHeldRecipients(db, untold), (row) => row.message_id);
  return { of: (messageId) => held.get(messageId) ?? told(messageId), untold };
}

/** Takes the recipients out of their waiting. @returns them. */
export async function takeHeldRecipients(tx: Tx, messageId: string): Promise<RecipientsTable[]> {
  const rows = await tx.deleteFrom('held_recipients').where('message_id', '=', messageId).returningAll().execute();
  return rows.toSorted((a, b) => a.position - b.position);
}

export function loadHold(db: Db | Tx, id: string): Promise<HoldsTable | undefined> {
  return db.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The hold, if this address may lift it. */
export function loadHoldFor(db: Db | Tx, id: string, approverIndex: string): Promise<HoldsTable | undefined> {
  return db
    .selectFrom('holds')
    .innerJoin('hold_approvers', 'hold_approvers.hold_id', 'holds.id')
    .selectAll('holds')
    .where('holds.id', '=', id)
    .where('hold_approvers.address_index', '=', approverIndex)
    .executeTakeFirst();
}

/** The hold, for somebody who stands in for every approver: of what they sent themselves others decide. */
export function loadHoldOfOthers(db: Db | Tx, id: string, ownIndex: string): Promise<HoldsTable | undefined> {
  return db
    .selectFrom('holds')
    .innerJoin('messages', 'messages.id', 'holds.message_id')
    .selectAll('holds')
    .where('holds.id', '=', id)
    .where('messages.sender_index', '!=', ownIndex)
    .executeTakeFirst();
}

/** What others sent and nobody has answered, oldest first. */
export function listOpenHoldsOfOthers(db: Db, ownIndex: string, most: number): Promise<HoldsTable[]> {
  return (
    db
      .selectFrom('holds')
      .innerJoin('messages', 'messages.id', 'holds.message_id')
      .selectAll('holds')
      // A literal: only then both engines use the index of open ones alone.
      .where('holds.state', '=', sql.lit('open'))
      .where('messages.sender_index', '!=', ownIndex)
      .orderBy('holds.id')
      .limit(most)
      .execute()
  );
}

/** Of these messages, oldest first. */
export function listHolds(db: Db | Tx, messageIds: readonly string[]): Promise<HoldsTable[]> {
  if (messageIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('holds')
    .selectAll()
    .where('message_id', 'in', [...messageIds])
    .orderBy('message_id')
    .orderBy('id')
    .execute();
}

/** Of one message, oldest first. */
export async function listHoldsOf(db: Db | Tx, messageId: string): Promise<HoldsTable[]> {
  return (await findHoldsOf(db, { messageId })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const findHoldsOf = prepared((db, { messageId }: { messageId: string }) =>
  db.selectFrom('holds').selectAll().where('message_id', '=', messageId),
);

/** What this address may lift and nobody has answered, oldest first. */
export function listOpenHoldsFor(db: Db, approverIndex: string, most: number): Promise<HoldsTable[]> {
  return db
    .selectFrom('hold_approvers')
    .innerJoin('holds', 'holds.id', 'hold_approvers.hold_id')
    .selectAll('holds')
    .where('hold_approvers.address_index', '=', approverIndex)
    .where('holds.state', '=', 'open')
    .orderBy('hold_approvers.hold_id')
    .limit(most)
    .execute();
}

/** Answers the hold if nobody has. @returns whether this call was the one. */
export async function answerHold(
  keyring: Keyring,
  tx: Tx,
  row: HoldsTable,
  answer: { readonly state: 'released' | 'refused'; readonly at: string; readonly by: string; readonly word: string },
): Promise<boolean> {
  const card = openHold(keyring, row);
  const sealed = sealCard(keyring, row.id, { ...card, answeredBy: answer.by, word: answer.word });
  const answered = await tx
    .updateTable('holds')
    .set({ state: answer.state, answered_at: answer.at, sealed })
    .where('id', '=', row.id)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  return answered !== undefined;
}

/** The mail to this approver failed for good. */
export async function markUnreached(
  keyring: Keyring,
  tx: Tx,
  holdId: string,
  approver: Address,
  now: string,
): Promise<void> {
  await tx
    .updateTable('hold_approvers')
    .set({ unreached_at: now })
    .where('hold_id', '=', holdId)
    .where('address_index', '=', addressIndex(keyring, approver))
    .execute();
}

/** @returns addresses of its approvers that no mail reached, in the order of the rule. */
export async function listUnreached(keyring: Keyring, db: Db, hold: HoldsTable): Promise<string[]> {
  const rows = await db
    .selectFrom('hold_approvers')
    .select('address_index')
    .where('hold_id', '=', hold.id)
    .where('unreached_at', 'is not', null)
    .execute();
  if (rows.length === 0) return [];
  const indexes = new Set(rows.map((row) => row.address_index));
  const isUnreached = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && indexes.has(addressIndex(keyring, address));
  };
  return [...new Set(openHold(keyring, hold).approvers)].filter(isUnreached);
}

/** Removes all holds of these messages, and their recipients. */
export async function removeHolds(tx: Tx, messageIds: readonly string[]): Promise<void> {
  const ids = [...messageIds];
  await tx.deleteFrom('held_recipients').where('message_id', 'in', ids).execute();
  await tx
    .deleteFrom('hold_approvers')
    .where('hold_id', 'in', (query) => query.selectFrom('holds').select('id').where('message_id', 'in', ids))
    .execute();
  await tx.deleteFrom('holds').where('message_id', 'in', ids).execute();
}

export function openHold(keyring: Keyring, row: HoldsTable): HoldCard {
  return cardSchema.parse(JSON.parse(keyring.openRecord(context(row.id), row.sealed).toString('utf8')));
}

export const holdRecords: SealedColumn = {
  table: 'holds',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => context(String(id)),
};

function sealCard(keyring: Keyring, id: string, card: HoldCard): Buffer {
  return keyring.sealRecord(context(id), JSON.stringify(card));
}

function context(id: string): string {
  return `hold ${id}`;
}
