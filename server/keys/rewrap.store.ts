// Owns finding and changing what lies under a key, in pages. Each change is guarded by what was read: a message that
// was destroyed meanwhile stays so, and of two who rewrap at once one changes the row.

import { sql } from 'kysely';
import { isKeyId } from '../crypto/keyring-format.ts';
import { keyIdOfRecord } from '../crypto/key-encryption-key.ts';
import type { Db, Tx } from '../db/engine.ts';
import { pages } from '../db/pages.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface WrappedRow {
  readonly id: string;
  readonly key_id: string;
  readonly wrapped_key: Uint8Array;
}

/** Messages that this key wraps, by id; destroyed ones have nothing left to wrap. */
export async function messagesUnder(db: Db, keyId: string, after: string, most: number): Promise<WrappedRow[]> {
  return db
    .selectFrom('messages')
    .select(['id', 'key_id', 'wrapped_key'])
    .where('key_id', '=', keyId)
    .where('id', '>', after)
    .where('destroyed_at', 'is', null)
    .where('wrapped_key', 'is not', null)
    .orderBy('id')
    .limit(most)
    .$narrowType<{ wrapped_key: Uint8Array }>()
    .execute();
}

/** @returns whether the row was still as it was read. */
export async function replaceWrapped(
  tx: Tx,
  old: WrappedRow,
  fresh: { readonly keyId: string; readonly wrapped: Uint8Array },
): Promise<boolean> {
  const replaced = await tx
    .updateTable('messages')
    .set({ key_id: fresh.keyId, wrapped_key: fresh.wrapped })
    .where('id', '=', old.id)
    .where('key_id', '=', old.key_id)
    .where('wrapped_key', '=', old.wrapped_key)
    .where('destroyed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return replaced !== undefined;
}

/** The ids of all keys that wrap a message, found by stepping through the index and not through the messages. */
export async function messageKeyIds(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (let last = ''; ;) {
    const next = await db
      .selectFrom('messages')
      .select('key_id')
      .where('key_id', '>', last)
      .where('destroyed_at', 'is', null)
      .orderBy('key_id')
      .limit(1)
      .executeTakeFirst();
    if (next === undefined) return found;
    last = next.key_id;
    found.push(last);
  }
}

/** How many messages each key wraps. It goes through all of them. */
export async function countMessages(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('messages')
    .select((eb) => ['key_id', eb.fn.countAll<number>().as('count')])
    .where('destroyed_at', 'is', null)
    .groupBy('key_id')
    .execute();
  return new Map(rows.map((row) => [row.key_id, row.count]));
}

export interface RecordPlace {
  readonly key: string | number;
  /** Id of the key that seals it; undefined for what is no record. */
  readonly keyId: string | undefined;
}

/** Which key seals each record of the column, `most` at a time. */
export function recordPages(
  db: Db,
  column: SealedColumn,
  most: number,
): AsyncGenerator<readonly RecordPlace[], void, undefined> {
  return pages(
    (after) => recordsOf(db, column, after, most),
    column.before,
    ({ key }) => key,
  );
}

/** The same for one page, `after` a row's key; only the head of a record is read. */
export async function recordsOf(
  db: Db,
  { table, key, column }: SealedColumn,
  after: string | number,
  most: number,
): Promise<RecordPlace[]> {
  const { rows } = await sql<{ key: string | number; head: Uint8Array }>`
    select ${sql.ref(key)} as key, substr(${sql.ref(column)}, 1, 9) as head from ${sql.table(table)}
    where ${sql.ref(key)} > ${after} and ${sql.ref(column)} is not null
    order by ${sql.ref(key)} limit ${most}`.execute(db);
  return rows.map((row) => ({ key: row.key, keyId: keyIdOfRecord(row.head) }));
}

export async function loadRecord(db: Db | Tx, place: SealedColumn, at: string | number): Promise<Uint8Array | null> {
  const { rows } = await sql<{ sealed: Uint8Array | null }>`
    select ${sql.ref(place.column)} as sealed from ${sql.table(place.table)} where ${sql.ref(place.key)} = ${at}`.execute(
    db,
  );
  return rows[0]?.sealed ?? null;
}

/** @returns whether the record was still as it was read. */
export async function replaceRecord(
  tx: Tx,
  { table, key, column }: SealedColumn,
  at: string | number,
  old: Uint8Array,
  fresh: Uint8Array,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${fresh}
    where ${sql.ref(key)} = ${at} and ${sql.ref(column)} = ${old}`.execute(tx);
  return numAffectedRows === 1n;
}

/** How many records of the column each key seals. It goes through all of them. */
export async function countRecords(db: Db, { table, column }: SealedColumn): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: Uint8Array; count: number }>`
    select substr(${sql.ref(column)}, 2, 8) as id, count(*) as count from ${sql.table(table)}
    where ${sql.ref(column)} is not null group by substr(${sql.ref(column)}, 2, 8)`.execute(db);
  const counted = rows.map((row) => [Buffer.from(row.id).toString('latin1'), row.count] as const);
  return new Map(counted.filter(([id]) => isKeyId(id)));
}
