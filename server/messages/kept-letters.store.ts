// Owns a message of somebody's own that they were writing when their session ended: kept for an hour, for the same person in the
// same browser. There is no message yet whose key could seal it, so it is a record.

import { HOUR_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** What else stood in the form, as far as it is no secret. */
  readonly more?: Readonly<Record<string, string>>;
}

export interface KeptDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

const KEPT_MS = HOUR_MS;

/** In place of what this browser had kept before, whoever's that was. */
export async function keepLetter(
  { keyring, clock }: KeptDeps,
  tx: Tx,
  whose: { readonly browserHash: string; readonly addressIndex: string },
  { to, subject, text, more = {} }: Letter,
): Promise<void> {
  const values = {
    address_index: whose.addressIndex,
    sealed: keyring.sealRecord(letterContext(whose.browserHash), JSON.stringify({ to, subject, text, more })),
    expires_at: isoNow(clock, KEPT_MS),
  };
  await tx
    .insertInto('kept_letters')
    .values({ browser_hash: whose.browserHash, ...values })
    .onConflict((conflict) => conflict.column('browser_hash').doUpdateSet(values))
    .execute();
}

export async function loadKeptLetter(
  { keyring, clock }: KeptDeps,
  db: Db,
  whose: { readonly browserHash: string; readonly addressIndex: string },
): Promise<Letter | undefined> {
  const row = await db
    .selectFrom('kept_letters')
    .select('sealed')
    .where('browser_hash', '=', whose.browserHash)
    .where('address_index', '=', whose.addressIndex)
    .where('expires_at', '>', isoNow(clock))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  // The seal is the check: only `keepLetter` wrote these bytes.
  return JSON.parse(keyring.openRecord(letterContext(whose.browserHash), row.sealed).toString('utf8')) as Letter;
}

/** It was sent. */
export async function removeKeptLetter(tx: Tx, browserHash: string): Promise<void> {
  await tx.deleteFrom('kept_letters').where('browser_hash', '=', browserHash).execute();
}

/** Somebody signs in: what was kept in this browser for anybody else is thrown away. */
export async function dropKeptOfOthers(tx: Tx, browserHash: string, addressIndex: string): Promise<void> {
  await tx
    .deleteFrom('kept_letters')
    .where('browser_hash', '=', browserHash)
    .where('address_index', '!=', addressIndex)
    .execute();
}

/** Removes what is past its hour, up to `most`. @returns how many. */
export function sweepKeptLetters(db: Db, now: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'kept_letters', key: 'browser_hash', end: 'expires_at' }, now, most);
}

export const keptLetterRecords: SealedColumn = {
  table: 'kept_letters',
  key: 'browser_hash',
  before: '',
  column: 'sealed',
  name: (browserHash) => letterContext(String(browserHash)),
};

function letterContext(browserHash: string): string {
  return `kept-letter ${browserHash}`;
}
