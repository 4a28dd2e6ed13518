// Owns the rows of our own domains' MTA-STS policies: all of them as one list, each save a version that is never changed.

import { isoNow } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { ConnectorDeps } from './connectors.store.ts';
import { ownPoliciesSchema } from './own-sts.ts';
import type { OwnPolicy } from './own-sts.ts';

export interface OwnStsList {
  /** 0: there was none yet. */
  readonly version: number;
  readonly policies: readonly OwnPolicy[];
}

export async function newestOwnSts(db: Db | Tx): Promise<number> {
  return (await findNewest(db, {}))?.version ?? 0;
}

const findNewest = preparedFirst((db) =>
  db.selectFrom('own_sts').select(({ fn }) => fn.max<number | null>('version').as('version')),
);

/** Throws SealBroken when they do not open. */
export async function loadOwnSts(keyring: Keyring, db: Db | Tx): Promise<OwnStsList> {
  const row = await db.selectFrom('own_sts').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) return { version: 0, policies: [] };
  const text = keyring.openRecord(recordName(row.version), row.sealed).toString('utf8');
  return { version: row.version, policies: ownPoliciesSchema.parse(JSON.parse(text)) };
}

/** Adds the version that follows `basedOn`, unless somebody has. @returns its number, or undefined. */
export async function insertOwnSts(
  { keyring, clock }: ConnectorDeps,
  tx: Tx,
  basedOn: number,
  policies: readonly OwnPolicy[],
): Promise<number | undefined> {
  if ((await newestOwnSts(tx)) !== basedOn) return undefined;
  const version = basedOn + 1;
  const sealed = keyring.sealRecord(recordName(version), JSON.stringify(policies));
  const row = await tx
    .insertInto('own_sts')
    .values({ version, at: isoNow(clock), sealed })
    // Two who start from the same version ask for the same number: one of them gets it.
    .onConflict((conflict) => conflict.column('version').doNothing())
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

export const ownStsRecords: SealedColumn = {
  table: 'own_sts',
  key: 'version',
  before: 0,
  column: 'sealed',
  name: (version) => recordName(Number(version)),
};

function recordName(version: number): string {
  return `own-sts ${version}`;
}
