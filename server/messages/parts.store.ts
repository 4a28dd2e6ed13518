// Owns what is asked of the parts of all messages together: which blobs they name. What one message asks of its own
// parts stands in messages.store.ts.

import type { Db } from '../db/engine.ts';
import type { PartsTable } from '../db/tables/messages.ts';

export interface NamedBlob {
  readonly messageId: string;
  readonly n: number;
  readonly blobId: string;
  /** Of the plaintext. */
  readonly sizeBytes: number;
}

/** Those of the blobs that belong to no message. */
export async function unnamedBlobs(db: Db, ids: readonly string[]): Promise<string[]> {
  const unnamed: string[] = [];
  for (let from = 0; from < ids.length; from += BATCH_IDS) {
    const some = ids.slice(from, from + BATCH_IDS);
    const rows = await db.selectFrom('parts').select('blob_id').where('blob_id', 'in', some).execute();
    const named = new Set(rows.map((row) => row.blob_id));
    unnamed.push(...some.filter((id) => !named.has(id)));
  }
  return unnamed;
}

// However many a folder holds: neither engine takes any number of values in one statement.
const BATCH_IDS = 500;

/** The blobs that belong to messages, in the order of their ids, which is that of time. */
export async function listNamedBlobs(db: Db, after: string, most: number): Promise<NamedBlob[]> {
  const rows = await db
    .selectFrom('parts')
    .select(['message_id', 'n', 'blob_id', 'size_bytes'])
    .where('blob_id', '>', after)
    .orderBy('blob_id')
    .limit(most)
    .execute();
  return rows.flatMap(named);
}

/** The newest blobs, by when they were begun. */
export async function newestBlobs(db: Db, most: number): Promise<NamedBlob[]> {
  const rows = await db
    .selectFrom('parts')
    .select(['message_id', 'n', 'blob_id', 'size_bytes'])
    .where('blob_id', 'is not', null)
    .orderBy('blob_id', 'desc')
    .limit(most)
    .execute();
  return rows.flatMap(named);
}

export async function countBlobs(db: Db): Promise<number> {
  const row = await db
    .selectFrom('parts')
    .select((eb) => eb.fn.count<number>('blob_id').as('count'))
    .where('blob_id', 'is not', null)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** The part as it names its blob, if it does. */
function named(row: Pick<PartsTable, 'message_id' | 'n' | 'blob_id' | 'size_bytes'>): NamedBlob[] {
  if (row.blob_id === null) return [];
  return [{ messageId: row.message_id, n: row.n, blobId: row.blob_id, sizeBytes: row.size_bytes }];
}
