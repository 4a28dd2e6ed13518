// Owns the rows of what partners' mail servers proved: one for each connector, whose result is sealed. Who claims a test that is due
// has it for a while; of several, one gets it.

import { z } from 'zod';
import { MINUTE_MS, isoNow } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import { loadMark, setMark } from '../db/marks.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { ConnectorTestsTable } from '../db/tables/administration.ts';
import { withoutKey } from './connector.ts';
import type { Connector } from './connector.ts';
import type { ConnectorDeps, ConnectorList } from './connectors.store.ts';
import { newestConnectors } from './connectors.store.ts';
import type { Judged, TestCard, TestState } from './judge-test.ts';

const certificateSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  from: z.string(),
  until: z.string(),
  pin: z.string(),
});

const hostSchema = z.object({
  host: z.string(),
  port: z.number(),
  addresses: z.array(z.string()),
  evidence: z.enum(['connector', 'rule', 'dane', 'mta-sts']).optional(),
  asked: z.string(),
  isReached: z.boolean(),
  protocol: z.string().optional(),
  cipher: z.string().optional(),
  chain: z.array(certificateSchema),
  goes: z.boolean(),
  why: z.string(),
});

const testSchema = z
  .object({
    at: z.string(),
    test: z.object({
      domain: z.string(),
      goes: z.boolean(),
      outcome: z.string(),
      notes: z.array(z.string()),
      hosts: z.array(hostSchema),
    }),
  })
  .transform(({ at, test }) => ({
    at,
    // Absent and undefined are the same to whoever reads it.
    test: {
      ...test,
      hosts: test.hosts.map((host) => ({
        ...host,
        evidence: host.evidence,
        protocol: host.protocol,
        cipher: host.cipher,
      })),
    },
  }));

const cardSchema = z.object({
  last: testSchema,
  reference: testSchema.exactOptional(),
  weaker: z.array(z.string()),
  changes: z.array(z.string()),
});

export interface KeptTest {
  readonly state: TestState;
  /** Undefined: not tested yet. */
  readonly card: TestCard | undefined;
}

const MARK = 'connector-tests';
/** So long the test of a process that died waits for another. */
const CLAIMED_MS = 15 * MINUTE_MS;

/** Gives each connector its row: one that is new or was changed is due now. Once a version, on whatever machine. */
export async function seedTests(
  { keyring, clock }: ConnectorDeps,
  tx: Tx,
  list: Pick<ConnectorList, 'version' | 'connectors'>,
): Promise<void> {
  await holdLock(tx, MARK);
  if ((await loadMark(tx, MARK)) === String(list.version) || (await newestConnectors(tx)) !== list.version) return;
  const rows = await tx.selectFrom('connector_tests').select(['domain_index', 'digest']).execute();
  const digests = new Map(rows.map((row) => [row.domain_index, row.digest]));
  for (const connector of list.connectors) {
    const domain_index = indexOf(keyring, connector.domain);
    const digest = digestOf(keyring, connector);
    const values = { digest, state: 'untested' as const, due_at: isoNow(clock), sealed: null };
    const known = digests.get(domain_index);
    digests.delete(domain_index);
    if (known === digest) continue;
    await tx
      .insertInto('connector_tests')
      .values({ domain_index, ...values })
      .onConflict((conflict) => conflict.column('domain_index').doUpdateSet(values))
      .execute();
  }
  for (const removed of digests.keys()) {
    await tx.deleteFrom('connector_tests').where('domain_index', '=', removed).execute();
  }
  await setMark(tx, MARK, String(list.version));
}

/** Of these connectors, those whose test is due and now ours. */
export async function claimTests(
  { keyring, clock }: ConnectorDeps,
  db: Db,
  connectors: readonly Connector[],
  most: number,
): Promise<Connector[]> {
  const now = isoNow(clock);
  const due = await db
    .selectFrom('connector_tests')
    .select('domain_index')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(most)
    .execute();
  if (due.length === 0) return [];
  const byIndex = new Map(connectors.map((one) => [indexOf(keyring, one.domain), one]));
  const claimed: Connector[] = [];
  for (const { domain_index: index } of due) {
    const ours = await db
      .updateTable('connector_tests')
      .set({ due_at: isoNow(clock, CLAIMED_MS) })
      .where('domain_index', '=', index)
      .where('due_at', '<=', now)
      .returning('domain_index')
      .executeTakeFirst();
    const connector = byIndex.get(index);
    if (ours !== undefined && connector !== undefined) claimed.push(connector);
  }
  return claimed;
}

export async function loadTest(keyring: Keyring, db: Db | Tx, domain: string): Promise<KeptTest | undefined> {
  const index = indexOf(keyring, domain);
  const row = await db.selectFrom('connector_tests').selectAll().where('domain_index', '=', index).executeTakeFirst();
  return row === undefined ? undefined : opened(keyring, row);
}

/** Keeps it, unless the connector was changed or removed since. */
export async function saveTest(
  { keyring, clock }: ConnectorDeps,
  tx: Tx,
  connector: Connector,
  { card, state, againMs }: Judged,
): Promise<boolean> {
  const index = indexOf(keyring, connector.domain);
  const saved = await tx
    .updateTable('connector_tests')
    .set({
      state,
      due_at: isoNow(clock, againMs),
      sealed: keyring.sealRecord(recordName(index), JSON.stringify(card)),
    })
    .where('domain_index', '=', index)
    .where('digest', '=', digestOf(keyring, connector))
    .returning('domain_index')
    .executeTakeFirst();
  return saved !== undefined;
}

/** Of all that have been tested, by domain. */
export async function listTests(keyring: Keyring, db: Db): Promise<Map<string, KeptTest>> {
  return byDomain(keyring, await db.selectFrom('connector_tests').selectAll().execute());
}

/** Those that prove less than they should, by domain. */
export async function listWeak(keyring: Keyring, db: Db): Promise<Map<string, KeptTest>> {
  const weak: TestState[] = ['failing', 'weakened'];
  return byDomain(keyring, await db.selectFrom('connector_tests').selectAll().where('state', 'in', weak).execute());
}

export const connectorTestRecords: SealedColumn = {
  table: 'connector_tests',
  key: 'domain_index',
  before: '',
  column: 'sealed',
  name: (index) => recordName(String(index)),
};

function byDomain(keyring: Keyring, rows: readonly ConnectorTestsTable[]): Map<string, KeptTest> {
  return new Map(
    rows.flatMap((row): [string, KeptTest][] => {
      const kept = opened(keyring, row);
      return kept.card === undefined ? [] : [[kept.card.last.test.domain, kept]];
    }),
  );
}

function opened(keyring: Keyring, { domain_index: index, state, sealed }: ConnectorTestsTable): KeptTest {
  if (sealed === null) return { state, card: undefined };
  const text = keyring.openRecord(recordName(index), sealed).toString('utf8');
  return { state, card: cardSchema.parse(JSON.parse(text)) };
}

function digestOf(keyring: Keyring, connector: Connector): string {
  return keyring.blindIndex('connector', JSON.stringify(withoutKey(connector)));
}

function indexOf(keyring: Keyring, domain: string): string {
  return keyring.blindIndex('connector-test', domain);
}

function recordName(index: string): string {
  return `connector-test ${index}`;
}
