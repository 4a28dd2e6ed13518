// Owns the rows of certificates: found by the address that they are for and by their fingerprint, all that they say sealed, the private
// keys of the organisation's own sealed apart. It decides nothing about their use.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { parseCertificate } from '../crypto/certificate.ts';
import type { CertificateFacts } from '../crypto/certificate.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { CertificatesTable } from '../db/tables/certificates.ts';

export interface StoreDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

const cardSchema = z.object({
  /** DER, base64. */
  certificate: z.string(),
  /** Certificates of authorities that came along with it. */
  chain: z.array(z.string()),
  cipher: z.enum(['auto', 'gcm', 'cbc']),
  allowsPkcs1: z.boolean(),
  /** Where an administrator knows that its authority cannot be asked. */
  ignoresRevocation: z.boolean(),
  /** Object identifiers named in a mail that was signed with it. */
  capabilities: z.array(z.string()),
  origin: z.enum(['import', 'mail']),
  /** Who said yes or no, and when. */
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
});

export type CertificateCard = z.infer<typeof cardSchema>;

export interface StoredCertificate {
  readonly row: Omit<CertificatesTable, 'sealed' | 'sealed_key'> & { readonly hasKey: boolean };
  readonly card: CertificateCard;
  readonly facts: CertificateFacts;
}

export interface NewCertificate {
  readonly role: CertificatesTable['role'];
  readonly facts: CertificateFacts;
  readonly chain: readonly Buffer[];
  readonly origin: CertificateCard['origin'];
  readonly capabilities?: readonly string[];
  /** PKCS #8, DER. */
  readonly privateKey?: Buffer | undefined;
}

const BEFORE_ALL = '';

export const certificateRecords: SealedColumn = {
  table: 'certificates',
  key: 'id',
  before: BEFORE_ALL,
  column: 'sealed',
  name: (id) => recordName(String(id)),
};

export const certificateKeys: SealedColumn = {
  table: 'certificates',
  key: 'id',
  before: BEFORE_ALL,
  column: 'sealed_key',
  name: (id) => keyName(String(id)),
};

/** @returns its id, or undefined when it is there already. */
export async function insertCertificate(
  { keyring, clock }: StoreDeps,
  tx: Tx,
  { role, facts, chain, origin, capabilities = [], privateKey }: NewCertificate,
): Promise<string | undefined> {
  const id = newId(clock);
  const card: CertificateCard = {
    certificate: facts.der.toString('base64'),
    chain: chain.map((one) => one.toString('base64')),
    cipher: 'auto',
    allowsPkcs1: false,
    ignoresRevocation: false,
    capabilities: [...capabilities],
    origin,
  };
  const inserted = await tx
    .insertInto('certificates')
    .values({
      id,
      fingerprint_index: fingerprintIndex(keyring, facts.fingerprint),
      role,
      state: 'offered',
      not_after: facts.notAfter,
      standing: facts.crlUrls.length + facts.ocspUrls.length === 0 ? 'none' : 'unchecked',
      standing_until: null,
      look_at: null,
      tell_at: null,
      used_at: null,
      created_at: isoNow(clock),
      sealed: keyring.sealRecord(recordName(id), JSON.stringify(card)),
      sealed_key: privateKey === undefined ? null : keyring.sealRecord(keyName(id), privateKey),
    })
    .onConflict((conflict) => conflict.column('fingerprint_index').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return undefined;
  const indexes = new Set(addressesOf(facts).map((address) => addressIndex(keyring, address)));
  const rows = [...indexes].map((address_index) => ({ certificate_id: id, address_index }));
  if (rows.length > 0) await tx.insertInto('certificate_addresses').values(rows).execute();
  return id;
}

/** Those of its addresses that mail can be sent to from here. */
export function addressesOf({ addresses }: CertificateFacts): Address[] {
  return addresses.flatMap((text) => parseAddress(text) ?? []);
}

export async function loadCertificate(
  keyring: Keyring,
  db: Db | Tx,
  id: string,
): Promise<StoredCertificate | undefined> {
  const row = await db.selectFrom('certificates').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : openCertificate(keyring, row);
}

export async function loadByFingerprint(
  keyring: Keyring,
  db: Db | Tx,
  fingerprint: string,
): Promise<StoredCertificate | undefined> {
  const row = await db
    .selectFrom('certificates')
    .selectAll()
    .where('fingerprint_index', '=', fingerprintIndex(keyring, fingerprint))
    .executeTakeFirst();
  return row === undefined ? undefined : openCertificate(keyring, row);
}

export interface ListAsk {
  readonly role?: CertificatesTable['role'];
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; with `after`, those that are just newer than that one, newest first as well. */
export async function listCertificates(
  keyring: Keyring,
  db: Db,
  { role, before, after, limit }: ListAsk,
): Promise<StoredCertificate[]> {
  let query = db.selectFrom('certificates').selectAll().limit(limit);
  if (role !== undefined) query = query.where('role', '=', role);
  if (before !== undefined) query = query.where('id', '<', before);
  if (after !== undefined) query = query.where('id', '>', after);
  const rows = await query.orderBy('id', after === undefined ? 'desc' : 'asc').execute();
  return (after === undefined ? rows : rows.toReversed()).map((row) => openCertificate(keyring, row));
}

export interface CertificateChange {
  readonly state?: CertificatesTable['state'];
  readonly standing?: CertificatesTable['standing'];
  readonly standingUntil?: string | null;
  readonly lookAt?: string | null;
  readonly tellAt?: string | null;
  readonly card?: Partial<CertificateCard>;
}

/** One change after the other. @returns what it is then; undefined when there is none, or `change` wants nothing. */
export async function changeCertificate(
  { keyring }: StoreDeps,
  tx: Tx,
  id: string,
  change: (now: StoredCertificate) => CertificateChange | undefined,
): Promise<StoredCertificate | undefined> {
  await holdLock(tx, `certificate ${id}`);
  const now = await loadCertificate(keyring, tx, id);
  const wanted = now === undefined ? undefined : change(now);
  if (now === undefined || wanted === undefined) return undefined;
  const card = { ...now.card, ...wanted.card };
  await tx
    .updateTable('certificates')
    .set({
      ...(wanted.state === undefined ? {} : { state: wanted.state }),
      ...(wanted.standing === undefined ? {} : { standing: wanted.standing }),
      ...(wanted.standingUntil === undefined ? {} : { standing_until: wanted.standingUntil }),
      ...(wanted.lookAt === undefined ? {} : { look_at: wanted.lookAt }),
      ...(wanted.tellAt === undefined ? {} : { tell_at: wanted.tellAt }),
      sealed: keyring.sealRecord(recordName(id), JSON.stringify(card)),
    })
    .where('id', '=', id)
    .execute();
  return loadCertificate(keyring, tx, id);
}

/** @returns whether there was one. */
export async function removeCertificate(tx: Tx, id: string): Promise<boolean> {
  await tx.deleteFrom('certificate_addresses').where('certificate_id', '=', id).execute();
  const removed = await tx.deleteFrom('certificates').where('id', '=', id).returning('id').executeTakeFirst();
  return removed !== undefined;
}

export async function noteUsed(tx: Tx, ids: readonly string[], now: string): Promise<void> {
  if (ids.length > 0) await tx.updateTable('certificates').set({ used_at: now }).where('id', 'in', ids).execute();
}

export function openCertificate(keyring: Keyring, row: CertificatesTable): StoredCertificate {
  const { sealed, sealed_key: key, ...rest } = row;
  const card = cardSchema.parse(JSON.parse(keyring.openRecord(recordName(row.id), sealed).toString('utf8')));
  return {
    row: { ...rest, hasKey: key !== null },
    card,
    facts: parseCertificate(Buffer.from(card.certificate, 'base64')),
  };
}

function fingerprintIndex(keyring: Keyring, fingerprint: string): string {
  return keyring.blindIndex('certificate', fingerprint);
}

function recordName(id: string): string {
  return `certificate ${id}`;
}

export function keyName(id: string): string {
  return `certificate-key ${id}`;
}
