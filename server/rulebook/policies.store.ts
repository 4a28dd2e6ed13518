// Owns the rows of the policy's versions: each whole, none ever changed or removed. It knows nothing of what a document
// means.

import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { PoliciesTable } from '../db/tables/administration.ts';
import { VERSION_MAX, openCard, sealCard } from '../db/version-cards.ts';
import type { VersionCard } from '../db/version-cards.ts';

export interface PolicyDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface StoredVersion extends VersionCard {
  /** The document as it was saved: another version of the program may understand it otherwise. */
  readonly value: unknown;
}

export const policyRecords: SealedColumn = {
  table: 'policies',
  key: 'version',
  before: 0,
  column: 'sealed',
  name: (version) => recordName(Number(version)),
};

export const policyCards: SealedColumn = {
  table: 'policies',
  key: 'version',
  before: 0,
  column: 'sealed_card',
  name: (version) => cardName(Number(version)),
};

/** 0: there is none yet. Asked by each process every second. */
export async function newestVersion(db: Db | Tx): Promise<number> {
  return (await findNewest(db, {}))?.version ?? 0;
}

const findNewest = preparedFirst((db) =>
  db.selectFrom('policies').select(({ fn }) => fn.max<number | null>('version').as('version')),
);

/** Throws SealBroken when it does not open. */
export async function loadVersion(keyring: Keyring, db: Db | Tx, version: number): Promise<StoredVersion | undefined> {
  const row = await db.selectFrom('policies').selectAll().where('version', '=', version).executeTakeFirst();
  if (row === undefined) return undefined;
  const value: unknown = JSON.parse(keyring.openRecord(recordName(version), row.sealed).toString('utf8'));
  return { ...cardOf(keyring, row), value };
}

/** The newest first, or those before a version. */
export async function listVersions(
  keyring: Keyring,
  db: Db,
  { before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number },
): Promise<VersionCard[]> {
  const rows = await db
    .selectFrom('policies')
    .select(['version', 'at', 'sealed_card'])
    .where('version', '<', Math.min(before, VERSION_MAX))
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => cardOf(keyring, row));
}

/** Adds the version that follows `basedOn`, unless somebody has. @returns its number, or undefined. */
export async function insertVersion(
  { keyring, clock }: PolicyDeps,
  tx: Tx,
  { basedOn, value, ...card }: Omit<StoredVersion, 'version' | 'at'> & { readonly basedOn: number },
): Promise<number | undefined> {
  if ((await newestVersion(tx)) !== basedOn) return undefined;
  const version = basedOn + 1;
  const row = await tx
    .insertInto('policies')
    .values({
      version,
      at: isoNow(clock),
      sealed_card: sealCard(keyring, cardName(version), card),
      sealed: keyring.sealRecord(recordName(version), JSON.stringify(value)),
    })
    // Two who start from the same version ask for the same number: one of them gets it.
    .onConflict((conflict) => conflict.column('version').doNothing())
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

function cardOf(keyring: Keyring, row: Pick<PoliciesTable, 'version' | 'at' | 'sealed_card'>): VersionCard {
  return { version: row.version, at: row.at, ...openCard(keyring, cardName(row.version), row.sealed_card) };
}

function recordName(version: number): string {
  return `policy ${version}`;
}

function cardName(version: number): string {
  return `policy-card ${version}`;
}
