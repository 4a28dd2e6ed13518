// Owns the rows of the connectors: those to partners and those from peers with a certificate as one document, each save of which is
// a version that is never changed.

import { z } from 'zod';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { connectorSchema } from './connector.ts';
import type { Connector } from './connector.ts';
import { inboundPeerSchema } from './inbound.ts';
import type { InboundPeer } from './inbound.ts';

export interface ConnectorDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface ConnectorDocument {
  /** To partners' servers. */
  readonly connectors: readonly Connector[];
  /** From peers that show a certificate. */
  readonly inbound: readonly InboundPeer[];
}

export interface ConnectorList extends ConnectorDocument {
  /** 0: there was none yet. */
  readonly version: number;
}

const storedConnectors = z.array(
  connectorSchema.extend({ client: z.object({ certificate: z.string(), key: z.string() }).exactOptional() }),
);

const storedSchema = z.union([
  z.strictObject({ connectors: storedConnectors, inbound: z.array(inboundPeerSchema) }),
  // Of versions that knew only those to partners.
  storedConnectors.transform((connectors) => ({ connectors, inbound: [] })),
]);

export const connectorRecords: SealedColumn = {
  table: 'connectors',
  key: 'version',
  before: 0,
  column: 'sealed',
  name: (version) => recordName(Number(version)),
};

export async function newestConnectors(db: Db | Tx): Promise<number> {
  return (await findNewest(db, {}))?.version ?? 0;
}

const findNewest = preparedFirst((db) =>
  db.selectFrom('connectors').select(({ fn }) => fn.max<number | null>('version').as('version')),
);

/** Throws SealBroken when they do not open. */
export async function loadConnectors(keyring: Keyring, db: Db | Tx): Promise<ConnectorList> {
  const version = await newestConnectors(db);
  const row = await db.selectFrom('connectors').selectAll().where('version', '=', version).executeTakeFirst();
  if (row === undefined) return { version: 0, connectors: [], inbound: [] };
  const text = keyring.openRecord(recordName(version), row.sealed).toString('utf8');
  return { version, ...storedSchema.parse(JSON.parse(text)) };
}

/** Adds the version that follows `basedOn`, unless somebody has. @returns its number, or undefined. */
export async function insertConnectors(
  { keyring, clock }: ConnectorDeps,
  tx: Tx,
  basedOn: number,
  { connectors, inbound }: ConnectorDocument,
): Promise<number | undefined> {
  if ((await newestConnectors(tx)) !== basedOn) return undefined;
  const version = basedOn + 1;
  const row = await tx
    .insertInto('connectors')
    .values({
      version,
      at: isoNow(clock),
      sealed: keyring.sealRecord(recordName(version), JSON.stringify({ connectors, inbound })),
    })
    // Two who start from the same version ask for the same number: one of them gets it.
    .onConflict((conflict) => conflict.column('version').doNothing())
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

function recordName(version: number): string {
  return `connectors ${version}`;
}
