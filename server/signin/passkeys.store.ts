// Owns the rows of passkeys: found by a blind index of the credential's id, all else of them sealed but the counter.

import { z } from 'zod';
import type { Address } from '../core/address.ts';
import { parseAddress } from '../core/address.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { PasskeysTable } from '../db/tables/signin.ts';
import type { Credential } from './webauthn.ts';

/** How many one person can have. */
export const PASSKEYS_MAX = 20;

export interface Passkey extends Credential {
  /** Of the row; `credentialId` names it at the authenticator. */
  readonly rowId: string;
  readonly address: Address;
  readonly addressIndex: string;
  readonly name: string;
  readonly createdAt: string;
  readonly usedAt: string | null;
}

export interface NewPasskey {
  readonly credential: Credential;
  readonly address: Address;
  readonly addressIndex: string;
  readonly name: string;
  readonly now: string;
}

const cardSchema = z.object({ address: z.string(), credentialId: z.string(), publicKey: z.string(), name: z.string() });

/** @returns 'there' when the credential is known already, whosever it is; 'full' when the person has too many. */
export async function insertPasskey(
  keyring: Keyring,
  tx: Tx,
  { credential, address, addressIndex, name, now }: NewPasskey,
): Promise<'made' | 'there' | 'full'> {
  await holdLock(tx, `passkeys ${addressIndex}`);
  if ((await rowsOf(tx, addressIndex)).length >= PASSKEYS_MAX) return 'full';
  const id = indexOf(keyring, credential.id);
  const card = {
    address,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    name,
  };
  const inserted = await tx
    .insertInto('passkeys')
    .values({
      id,
      address_index: addressIndex,
      sealed: keyring.sealRecord(passkeyContext(id), JSON.stringify(card)),
      counter: credential.counter,
      created_at: now,
      used_at: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted === undefined ? 'there' : 'made';
}

/** The passkey of this credential, whosever it is. */
export async function loadPasskey(keyring: Keyring, db: Db, credentialId: string): Promise<Passkey | undefined> {
  const row = await db
    .selectFrom('passkeys')
    .selectAll()
    .where('id', '=', indexOf(keyring, credentialId))
    .executeTakeFirst();
  return row === undefined ? undefined : opened(keyring, row);
}

/** Oldest first. */
export async function listPasskeys(keyring: Keyring, db: Db | Tx, addressIndex: string): Promise<Passkey[]> {
  const rows = await rowsOf(db, addressIndex);
  return rows.map((row) => opened(keyring, row)).toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/**
 * Notes a use, and how far the authenticator's counter has come. @returns false when another use came further
 * meanwhile: one of the two is a copy (WebAuthn section 6.1.1).
 */
export async function notePasskeyUsed(tx: Tx, rowId: string, counter: number, now: string): Promise<boolean> {
  const used = await tx
    .updateTable('passkeys')
    .set({ counter, used_at: now })
    .where('id', '=', rowId)
    // An authenticator that keeps none says 0 for ever.
    .where('counter', counter === 0 ? '=' : '<', counter)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** @returns false when this person has no such passkey. */
export async function renamePasskey(
  keyring: Keyring,
  tx: Tx,
  { addressIndex, rowId, name }: { addressIndex: string; rowId: string; name: string },
): Promise<boolean> {
  const row = (await rowsOf(tx, addressIndex)).find(({ id }) => id === rowId);
  if (row === undefined) return false;
  const card = { ...openCard(keyring, row), name };
  await tx
    .updateTable('passkeys')
    .set({ sealed: keyring.sealRecord(passkeyContext(row.id), JSON.stringify(card)) })
    .where('id', '=', row.id)
    .execute();
  return true;
}

/** @returns false when this person has no such passkey. */
export async function removePasskey(tx: Tx, addressIndex: string, rowId: string): Promise<boolean> {
  const removed = await tx
    .deleteFrom('passkeys')
    .where('id', '=', rowId)
    .where('address_index', '=', addressIndex)
    .returning('id')
    .executeTakeFirst();
  return removed !== undefined;
}

export const passkeyRecords: SealedColumn = {
  table: 'passkeys',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => passkeyContext(String(id)),
};

function rowsOf(db: Db | Tx, addressIndex: string): Promise<PasskeysTable[]> {
  return db.selectFrom('passkeys').selectAll().where('address_index', '=', addressIndex).limit(PASSKEYS_MAX).execute();
}

function opened(keyring: Keyring, row: PasskeysTable): Passkey {
  const card = openCard(keyring, row);
  const address = parseAddress(card.address);
  if (address === undefined) throw new Error('a passkey holds no address');
  return {
    rowId: row.id,
    id: card.credentialId,
    publicKey: new Uint8Array(Buffer.from(card.publicKey, 'base64url')),
    counter: row.counter,
    address,
    addressIndex: row.address_index,
    name: card.name,
    createdAt: row.created_at,
    usedAt: row.used_at,
  };
}

function openCard(keyring: Keyring, row: PasskeysTable): z.infer<typeof cardSchema> {
  return cardSchema.parse(JSON.parse(keyring.openRecord(passkeyContext(row.id), row.sealed).toString('utf8')));
}

function indexOf(keyring: Keyring, credentialId: string): string {
  return keyring.blindIndex('passkey', credentialId);
}

function passkeyContext(id: string): string {
  return `passkey ${id}`;
}
