// Owns what administrators had typed into a large form when their session ended: kept for an hour, for the same person in the
// same browser, each page's apart. Its rows name no page: a path may bear what a rule is called.

import { z } from 'zod';
import { HOUR_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface KeptFormDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Whose form it is, and which. */
export interface KeptFormPlace {
  readonly browserHash: string;
  readonly addressIndex: string;
  /** Its page, under the portal's own path. */
  readonly at: string;
}

export type FormFields = ReadonlyMap<string, string>;

const KEPT_MS = HOUR_MS;
const fieldsSchema = z.array(z.tuple([z.string(), z.string()]));

/** In place of what this browser had kept of the same page. */
export async function keepForm(
  { keyring, clock }: KeptFormDeps,
  tx: Tx,
  place: KeptFormPlace,
  fields: FormFields,
): Promise<void> {
  const id = idOf(place);
  const values = {
    address_index: place.addressIndex,
    sealed: keyring.sealRecord(context(id), JSON.stringify([...fields])),
    expires_at: isoNow(clock, KEPT_MS),
  };
  await tx
    .insertInto('kept_forms')
    .values({ id, browser_hash: place.browserHash, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
}

export async function loadKeptForm(
  { keyring, clock }: KeptFormDeps,
  db: Db,
  place: KeptFormPlace,
): Promise<FormFields | undefined> {
  const id = idOf(place);
  const row = await db
    .selectFrom('kept_forms')
    .select('sealed')
    .where('id', '=', id)
    .where('address_index', '=', place.addressIndex)
    .where('expires_at', '>', isoNow(clock))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return new Map(fieldsSchema.parse(JSON.parse(keyring.openRecord(context(id), row.sealed).toString('utf8'))));
}

/** It was saved, or is not wanted any more. */
export async function removeKeptForm(tx: Tx, place: KeptFormPlace): Promise<void> {
  await tx.deleteFrom('kept_forms').where('id', '=', idOf(place)).execute();
}

/** Somebody signs in: what was kept in this browser for anybody else is thrown away. */
export async function dropFormsOfOthers(tx: Tx, browserHash: string, addressIndex: string): Promise<void> {
  await tx
    .deleteFrom('kept_forms')
    .where('browser_hash', '=', browserHash)
    .where('address_index', '!=', addressIndex)
    .execute();
}

/** Removes what is past its hour, up to `most`. @returns how many. */
export function sweepKeptForms(db: Db, now: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'kept_forms', key: 'id', end: 'expires_at' }, now, most);
}

export const keptFormRecords: SealedColumn = {
  table: 'kept_forms',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => context(String(id)),
};

function idOf({ browserHash, at }: KeptFormPlace): string {
  return sha256(`${browserHash} ${at}`).toString('base64url');
}

function context(id: string): string {
  return `kept-form ${id}`;
}
