// Owns the rows of authenticator apps, one a person, and of the recovery codes that stand in for a lost one. Each number
// and each code works once, whoever is quicker.

import { z } from 'zod';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { crockford, uncrumpled } from '../crypto/crockford.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { randomBytes } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface TotpDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface Totp {
  readonly secret: Uint8Array;
  readonly lastStep: number;
}

const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10; // 80 random bits: nobody guesses one, so they need no slow hash

const cardSchema = z.object({ address: z.string(), secret: z.string() });

export async function hasTotp(db: Db | Tx, addressIndex: string): Promise<boolean> {
  const row = await db
    .selectFrom('totps')
    .select('address_index')
    .where('address_index', '=', addressIndex)
    .executeTakeFirst();
  return row !== undefined;
}

/** Throws SealBroken when it does not open. */
export async function loadTotp(keyring: Keyring, db: Db | Tx, addressIndex: string): Promise<Totp | undefined> {
  const row = await db
    .selectFrom('totps')
    .select(['sealed', 'last_step'])
    .where('address_index', '=', addressIndex)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const text = keyring.openRecord(totpContext(addressIndex), row.sealed).toString('utf8');
  const { secret } = cardSchema.parse(JSON.parse(text));
  return { secret: Buffer.from(secret, 'base64url'), lastStep: row.last_step };
}

/** `step`: of the number that showed that the app has the secret. @returns false when the person has one already. */
export async function insertTotp(
  { keyring, clock }: TotpDeps,
  tx: Tx,
  made: {
    readonly address: Address;
    readonly addressIndex: string;
    readonly secret: Uint8Array;
    readonly step: number;
  },
): Promise<boolean> {
  const { address, addressIndex, secret, step } = made;
  const card = { address, secret: Buffer.from(secret).toString('base64url') };
  const inserted = await tx
    .insertInto('totps')
    .values({
      address_index: addressIndex,
      sealed: keyring.sealRecord(totpContext(addressIndex), JSON.stringify(card)),
      last_step: step,
      created_at: isoNow(clock),
    })
    .onConflict((conflict) => conflict.column('address_index').doNothing())
    .returning('address_index')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Uses up a step and all before it. @returns false when that was done before: RFC 6238 section 5.2, one use. */
export async function useStep(tx: Tx, addressIndex: string, step: number): Promise<boolean> {
  const used = await tx
    .updateTable('totps')
    .set({ last_step: step })
    .where('address_index', '=', addressIndex)
    .where('last_step', '<', step)
    .returning('address_index')
    .executeTakeFirst();
  return used !== undefined;
}

/** Takes app and recovery codes away. @returns whether there was an app. */
export async function removeTotp(tx: Tx, addressIndex: string): Promise<boolean> {
  await tx.deleteFrom('recovery_codes').where('address_index', '=', addressIndex).execute();
  const removed = await tx
    .deleteFrom('totps')
    .where('address_index', '=', addressIndex)
    .returning('address_index')
    .executeTakeFirst();
  return removed !== undefined;
}

/** Ten new codes in the place of those there were. @returns them, which exist nowhere else. */
export async function makeRecoveryCodes(keyring: Keyring, tx: Tx, addressIndex: string): Promise<string[]> {
  await tx.deleteFrom('recovery_codes').where('address_index', '=', addressIndex).execute();
  const codes = Array.from({ length: RECOVERY_CODES }, () => crockford(randomBytes(RECOVERY_BYTES)));
  const rows = codes.map((code) => ({ id: recoveryId(keyring, addressIndex, code), address_index: addressIndex }));
  await tx.insertInto('recovery_codes').values(rows).execute();
  return codes.map((code) => (code.match(/.{4}/g) ?? []).join('-'));
}

/** @returns whether there was such a code; there is none any more. */
export async function useRecoveryCode(keyring: Keyring, tx: Tx, addressIndex: string, typed: string): Promise<boolean> {
  const used = await tx
    .deleteFrom('recovery_codes')
    .where('id', '=', recoveryId(keyring, addressIndex, uncrumpled(typed)))
    .where('address_index', '=', addressIndex)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

export async function countRecoveryCodes(db: Db | Tx, addressIndex: string): Promise<number> {
  const { count } = await db
    .selectFrom('recovery_codes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('address_index', '=', addressIndex)
    .executeTakeFirstOrThrow();
  return count;
}

export const totpRecords: SealedColumn = {
  table: 'totps',
  key: 'address_index',
  before: '',
  column: 'sealed',
  name: (id) => totpContext(String(id)),
};

function recoveryId(keyring: Keyring, addressIndex: string, code: string): string {
  return keyring.blindIndex('recovery', `${addressIndex} ${code}`);
}

function totpContext(addressIndex: string): string {
  return `totp ${addressIndex}`;
}
