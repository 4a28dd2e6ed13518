// Owns the rows of client certificates that proved at ingestion who hands in mail: whose, until when, and on which day last. What an
// administrator has pinned is a digest, which says nothing of its end.

import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.ts';
import type { ShownCertificate } from '../crypto/server-certificate.ts';
import type { Db } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

const cardSchema = z.object({ name: z.string(), fingerprint: z.string(), pin: z.string(), until: z.string() });

export interface SeenCertificate extends z.output<typeof cardSchema> {
  readonly day: string;
}

/** `day`: `2026-11-28`. */
export async function noteShown(
  keyring: Keyring,
  db: Db,
  name: string,
  { fingerprint, pin, until }: ShownCertificate,
  day: string,
): Promise<void> {
  const id = keyring.blindIndex('inbound-seen', JSON.stringify([name, fingerprint]));
  const sealed = keyring.sealRecord(recordName(id), JSON.stringify({ name, fingerprint, pin, until }));
  await db
    .insertInto('inbound_seen')
    .values({ id, day, sealed })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ day, sealed }))
    .execute();
}

/** Shown on this day or later, the newest first. */
export async function listShown(keyring: Keyring, db: Db, day: string, most: number): Promise<SeenCertificate[]> {
  const rows = await db
    .selectFrom('inbound_seen')
    .selectAll()
    .where('day', '>=', day)
    .orderBy('day', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map((row) => {
    const card = cardSchema.parse(JSON.parse(keyring.openRecord(recordName(row.id), row.sealed).toString('utf8')));
    return { ...card, day: row.day };
  });
}

/** Removes up to `most` that were last shown on this day or before. @returns how many. */
export function sweepShown(db: Db, day: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'inbound_seen', key: 'id', end: 'day' }, day, most);
}

export const inboundSeenRecords: SealedColumn = {
  table: 'inbound_seen',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => recordName(String(id)),
};

function recordName(id: string): string {
  return `inbound-seen ${id}`;
}
