// Owns the rows of alerts. What one is about is sealed, and found by its blind index. Of several who raise or end the same at
// the same moment, one is told that it did.

import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { AlertsTable } from '../db/tables/administration.ts';
import { isAlertKind } from './alert.ts';
import type { Alert, Finding } from './alert.ts';

const cardSchema = z.object({
  about: z.string(),
  detail: z.string().exactOptional(),
  step: z.number().exactOptional(),
});

/** More than anybody reads; what is beyond is told of when others are over. */
const SHOWN_MAX = 500;

/** Those that stand, the oldest first. */
export async function listStanding(keyring: Keyring, db: Db | Tx): Promise<Alert[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('over_at', 'is', null)
    .orderBy('since')
    .limit(SHOWN_MAX)
    .execute();
  return rows.flatMap((row) => opened(keyring, row));
}

/** Those that were over at `since` or later, the newest first. */
export async function listOver(keyring: Keyring, db: Db, since: string, most: number): Promise<Alert[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('over_at', 'is not', null)
    .where('over_at', '>=', since)
    .orderBy('over_at', 'desc')
    .limit(most)
    .execute();
  return rows.flatMap((row) => opened(keyring, row));
}

export async function loadAlerts(keyring: Keyring, db: Db, keys: readonly string[]): Promise<Alert[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('key', 'in', [...keys])
    .orderBy('since')
    .execute();
  return rows.flatMap((row) => opened(keyring, row));
}

/** @returns false when it stands already. */
export async function raise(keyring: Keyring, tx: Tx, finding: Finding, now: string): Promise<boolean> {
  const key = alertKey(keyring, finding);
  const values = { since: now, seen_at: now, over_at: null, sealed: sealed(keyring, key, finding) };
  const raised = await tx
    .insertInto('alerts')
    .values({ key, kind: finding.kind, ...values })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(values).where('alerts.over_at', 'is not', null))
    .returning('key')
    .executeTakeFirst();
  return raised !== undefined;
}

/** What stands is nearer now. The caller holds the lock of alerts. @returns false when it does not stand. */
export async function renew(keyring: Keyring, tx: Tx, finding: Finding, now: string): Promise<boolean> {
  const key = alertKey(keyring, finding);
  const renewed = await tx
    .updateTable('alerts')
    .set({ seen_at: now, sealed: sealed(keyring, key, finding) })
    .where('key', '=', key)
    .where('over_at', 'is', null)
    .returning('key')
    .executeTakeFirst();
  return renewed !== undefined;
}

export async function noteSeen(tx: Tx, keys: readonly string[], now: string): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .updateTable('alerts')
    .set({ seen_at: now })
    .where('key', 'in', [...keys])
    .where('over_at', 'is', null)
    .execute();
}

/** @returns false when it is over already, or was found again meanwhile. */
export async function end(tx: Tx, { key, seenAt }: Alert, now: string): Promise<boolean> {
  const ended = await tx
    .updateTable('alerts')
    .set({ over_at: now })
    .where('key', '=', key)
    .where('over_at', 'is', null)
    .where('seen_at', '=', seenAt)
    .returning('key')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Removes those that were over before `before`, up to `most`. @returns how many. */
export async function sweepAlerts(db: Db, before: string, most: number): Promise<number> {
  const over = db
    .selectFrom('alerts')
    .select('key')
    .where('over_at', 'is not', null)
    .where('over_at', '<=', before)
    .orderBy('over_at')
    .limit(most);
  const result = await db
    .deleteFrom('alerts')
    .where('key', 'in', over)
    .where('over_at', 'is not', null)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

export function alertKey(keyring: Keyring, { kind, about }: Finding): string {
  return keyring.blindIndex('alert', `${kind} ${about}`);
}

export const alertRecords: SealedColumn = {
  table: 'alerts',
  key: 'key',
  before: '',
  column: 'sealed',
  name: (key) => recordName(String(key)),
};

function sealed(keyring: Keyring, key: string, { about, detail, step }: Finding): Uint8Array {
  const card = { about, ...(detail === undefined ? {} : { detail }), ...(step === undefined ? {} : { step }) };
  return keyring.sealRecord(recordName(key), JSON.stringify(card));
}

/** None for a kind that another version wrote. */
function opened(keyring: Keyring, row: AlertsTable): Alert[] {
  const { key, kind, since, seen_at: seenAt, over_at: overAt } = row;
  if (!isAlertKind(kind)) return [];
  const card = cardSchema.parse(JSON.parse(keyring.openRecord(recordName(key), row.sealed).toString('utf8')));
  return [{ key, kind, ...card, since, seenAt, overAt: overAt ?? undefined }];
}

function recordName(key: string): string {
  return `alert ${key}`;
}
