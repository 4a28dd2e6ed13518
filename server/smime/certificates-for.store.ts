// Owns finding certificates by what they are wanted for: an address, the trust in an authority, the organisation's own keys.

import type { Address } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { CertificateFacts } from '../crypto/certificate.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { CertificatesTable } from '../db/tables/certificates.ts';
import { keyName, openCertificate } from './certificates.store.ts';
import type { StoredCertificate } from './certificates.store.ts';

/** More than these for one address, or more authorities, are not looked at. */
const LOOKED_AT_MAX = 50;
const AUTHORITIES_MAX = 500;

/** Those that an administrator approved, newest first. */
export async function approvedFor(
  keyring: Keyring,
  db: Db,
  address: Address,
  role: 'recipient' | 'own',
): Promise<StoredCertificate[]> {
  const rows = await rowsFor(keyring, db, address);
  return rows
    .filter((row) => row.state === 'approved' && row.role === role)
    .map((row) => openCertificate(keyring, row));
}

async function rowsFor(keyring: Keyring, db: Db | Tx, address: Address): Promise<CertificatesTable[]> {
  const ids = db
    .selectFrom('certificate_addresses')
    .select('certificate_id')
    .where('address_index', '=', addressIndex(keyring, address))
    .orderBy('certificate_id', 'desc')
    .limit(LOOKED_AT_MAX);
  const rows = await db.selectFrom('certificates').selectAll().where('id', 'in', ids).execute();
  return rows.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** How many for this address wait for a word. */
export async function countOffered(keyring: Keyring, tx: Tx, address: Address): Promise<number> {
  return (await rowsFor(keyring, tx, address)).filter(({ state }) => state === 'offered').length;
}

/** The authorities that administrators trust. */
export async function approvedAuthorities(keyring: Keyring, db: Db | Tx): Promise<StoredCertificate[]> {
  const rows = await db
    .selectFrom('certificates')
    .selectAll()
    .where('role', '=', 'authority')
    .where('state', '=', 'approved')
    .limit(AUTHORITIES_MAX)
    .execute();
  return rows.map((row) => openCertificate(keyring, row));
}

/** The organisation's own with their private keys, also those that have ended: what was encrypted to them is to be read. */
export async function ownKeys(
  keyring: Keyring,
  db: Db,
): Promise<readonly { readonly facts: CertificateFacts; readonly privateKey: Buffer }[]> {
  const rows = await db
    .selectFrom('certificates')
    .selectAll()
    .where('role', '=', 'own')
    .where('state', '=', 'approved')
    .where('sealed_key', 'is not', null)
    .orderBy('id', 'desc')
    .limit(AUTHORITIES_MAX)
    .execute();
  return rows.flatMap((row) => {
    if (row.sealed_key === null) return [];
    return [
      { facts: openCertificate(keyring, row).facts, privateKey: keyring.openRecord(keyName(row.id), row.sealed_key) },
    ];
  });
}

/** The private key of one of the organisation's own, PKCS #8, DER. */
export async function loadOwnKey(keyring: Keyring, db: Db, id: string): Promise<Buffer | undefined> {
  const row = await db.selectFrom('certificates').select('sealed_key').where('id', '=', id).executeTakeFirst();
  const sealed = row?.sealed_key ?? undefined;
  return sealed === undefined ? undefined : keyring.openRecord(keyName(id), sealed);
}
