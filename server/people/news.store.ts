// Owns what senders want to hear of, and what happened that they have not been told. Without a wish nothing is kept. A row of
// news holds ids and a kind: no address, no subject.

import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { NewsTable, NewsWishesTable } from '../db/tables/administration.ts';

export interface NewsDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface NewsWish {
  /** A mail when the first reader of a message opens it. */
  readonly firstRead: boolean;
  /** A summary once a day. */
  readonly digest: boolean;
  /** Whether these mails name subjects. */
  readonly subjects: boolean;
}

export const noWish: NewsWish = { firstRead: false, digest: false, subjects: false };

const DIGEST_EVERY_MS = DAY_MS;
const cardSchema = z.object({ address: z.string() });

export async function loadWish(db: Db | Tx, addressIndex: string): Promise<NewsWish> {
  const row = await findWish(db, addressIndex);
  return row === undefined ? noWish : wishOf(row);
}

/** What is not wished any more is forgotten, with the news that waited for it. */
export async function saveWish(
  deps: NewsDeps,
  tx: Tx,
  addressIndex: string,
  address: string,
  wish: NewsWish,
): Promise<void> {
  if (!wish.digest) await tx.deleteFrom('news').where('address_index', '=', addressIndex).execute();
  if (!wish.digest && !wish.firstRead) {
    await tx.deleteFrom('news_wishes').where('address_index', '=', addressIndex).execute();
    return;
  }
  const known = await findWish(tx, addressIndex);
  const values = {
    first_read: wish.firstRead ? 1 : 0,
    subjects: wish.subjects ? 1 : 0,
    digest_at: wish.digest ? (known?.digest_at ?? isoNow(deps.clock, DIGEST_EVERY_MS)) : null,
    sealed: deps.keyring.sealRecord(context(addressIndex), JSON.stringify({ address })),
  };
  await tx
    .insertInto('news_wishes')
    .values({ address_index: addressIndex, ...values })
    .onConflict((conflict) => conflict.column('address_index').doUpdateSet(values))
    .execute();
}

/** Keeps it for the sender's summary, if there is to be one. @returns what the sender wishes. */
export async function addNews(
  deps: NewsDeps,
  tx: Tx,
  news: { readonly addressIndex: string; readonly messageId: string; readonly kind: NewsTable['kind'] },
): Promise<NewsWish> {
  const wish = await loadWish(tx, news.addressIndex);
  if (!wish.digest) return wish;
  await tx
    .insertInto('news')
    .values({
      id: newId(deps.clock),
      address_index: news.addressIndex,
      message_id: news.messageId,
      kind: news.kind,
    })
    .execute();
  return wish;
}

/** Up to the one with this id, oldest first. */
export function listNews(db: Db | Tx, addressIndex: string, until: string, most: number): Promise<NewsTable[]> {
  return db
    .selectFrom('news')
    .selectAll()
    .where('address_index', '=', addressIndex)
    .where('id', '<=', until)
    .orderBy('id')
    .limit(most)
    .execute();
}

export async function forgetNews(tx: Tx, addressIndex: string, until: string): Promise<void> {
  await tx.deleteFrom('news').where('address_index', '=', addressIndex).where('id', '<=', until).execute();
}

export function openAddress(keyring: Keyring, row: NewsWishesTable): string {
  const card: unknown = JSON.parse(keyring.openRecord(context(row.address_index), row.sealed).toString('utf8'));
  return cardSchema.parse(card).address;
}

export function findWish(db: Db | Tx, addressIndex: string): Promise<NewsWishesTable | undefined> {
  return db.selectFrom('news_wishes').selectAll().where('address_index', '=', addressIndex).executeTakeFirst();
}

export interface DueDigest {
  readonly addressIndex: string;
  readonly digestAt: string;
}

/** Whose summary is due. */
export async function listDue(db: Db, now: string, most: number): Promise<DueDigest[]> {
  const rows = await db
    .selectFrom('news_wishes')
    .select(['address_index', 'digest_at'])
    .where('digest_at', '<=', now)
    .orderBy('digest_at')
    .limit(most)
    .execute();
  return rows.flatMap(({ address_index: addressIndex, digest_at: digestAt }) =>
    digestAt === null ? [] : [{ addressIndex, digestAt }],
  );
}

/** Moves the summary to the next day. @returns id of the newest news, when this call was the one and there is any. */
export async function takeDue(
  deps: NewsDeps,
  tx: Tx,
  { addressIndex, digestAt }: DueDigest,
): Promise<string | undefined> {
  const taken = await tx
    .updateTable('news_wishes')
    .set({ digest_at: isoNow(deps.clock, DIGEST_EVERY_MS) })
    .where('address_index', '=', addressIndex)
    .where('digest_at', '=', digestAt)
    .returning('address_index')
    .executeTakeFirst();
  if (taken === undefined) return undefined;
  const newest = await tx
    .selectFrom('news')
    .select('id')
    .where('address_index', '=', addressIndex)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.id;
}

export const newsWishRecords: SealedColumn = {
  table: 'news_wishes',
  key: 'address_index',
  before: '',
  column: 'sealed',
  name: (addressIndex) => context(String(addressIndex)),
};

function wishOf(row: NewsWishesTable): NewsWish {
  return { firstRead: row.first_read === 1, digest: row.digest_at !== null, subjects: row.subjects === 1 };
}

function context(addressIndex: string): string {
  return `news-wish ${addressIndex}`;
}
