// Owns finding sent messages a window at a time, where no index alone answers what is asked for: each window is a bounded
// walk along an index, and says how far it came.

import { sql } from 'kysely';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import type { StatusFacts } from './recipient-state.ts';

export interface SentWindow {
  /** Undefined: of all. */
  readonly senderIndexes: readonly string[] | undefined;
  /** Only messages to this address. */
  readonly recipientIndex: string | undefined;
  /** Ids: above the one, below the other. */
  readonly above: string;
  readonly below: string;
  readonly order: 'asc' | 'desc';
  /** How many entries of the index are walked along. */
  readonly most: number;
}

export interface SentWindowRows {
  /** In the order asked for. */
  readonly rows: readonly MessagesTable[];
  readonly walked: number;
  /** Where the next window goes on; undefined at the end. */
  readonly lastId: string | undefined;
}

export async function walkSent(db: Db, window: SentWindow): Promise<SentWindowRows> {
  const { senderIndexes, order, most } = window;
  const fronts =
    window.recipientIndex === undefined
      ? await Promise.all((senderIndexes ?? [undefined]).map((index) => sentBy(db, index, window)))
      : [
          await sentTo(db, 'recipients', window.recipientIndex, window),
          await sentTo(db, 'held_recipients', window.recipientIndex, window),
        ];
  const sorted = [...new Set(fronts.flat())].toSorted();
  const ids = (order === 'asc' ? sorted : sorted.toReversed()).slice(0, most);
  const lastId = ids.length < most ? undefined : ids.at(-1);
  if (ids.length === 0) return { rows: [], walked: 0, lastId };
  const mails = db.selectFrom('messages').selectAll().where('id', 'in', ids).where('kind', '=', sql.lit('mail'));
  const theirs = senderIndexes === undefined ? mails : mails.where('sender_index', 'in', [...senderIndexes]);
  const rows = await theirs.execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const inOrder = ids.flatMap((id) => byId.get(id) ?? []);
  return { rows: inOrder, walked: ids.length, lastId };
}

async function sentBy(
  db: Db,
  senderIndex: string | undefined,
  { above, below, order, most }: SentWindow,
): Promise<string[]> {
  // The kind is a literal: only then both engines use the index of mails alone.
  const mails = db
    .selectFrom('messages')
    .select('id')
    .where('kind', '=', sql.lit('mail'))
    .where('id', '>', above)
    .where('id', '<', below)
    .orderBy('id', order)
    .limit(most);
  const rows = await (senderIndex === undefined ? mails : mails.where('sender_index', '=', senderIndex)).execute();
  return rows.map(({ id }) => id);
}

async function sentTo(
  db: Db,
  table: 'recipients' | 'held_recipients',
  recipientIndex: string,
  { above, below, order, most }: SentWindow,
): Promise<string[]> {
  const rows = await db
    .selectFrom(table)
    .select('message_id')
    .where('address_index', '=', recipientIndex)
    .where('message_id', '>', above)
    .where('message_id', '<', below)
    .orderBy('message_id', order)
    .limit(most)
    .execute();
  return rows.map(({ message_id: id }) => id);
}

export type RecipientFacts = StatusFacts & { readonly message_id: string };

/** Of several messages, only what a state is made of. */
export function listFacts(db: Db, messageIds: readonly string[]): Promise<RecipientFacts[]> {
  if (messageIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('recipients')
    .select(['message_id', 'revoked_at', 'own_expires_at', 'replied_at', 'opened_at', 'failed_at', 'notified_at'])
    .where('message_id', 'in', [...messageIds])
    .execute();
}
