// Owns the rows of how TLS with others' mail servers went: counted by day, domain, policy and result, until they are reported. Of
// several who take a day of a domain, one gets it.

import { sql } from 'kysely';
import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { TlsResultsTable } from '../db/tables/administration.ts';

const cardSchema = z.object({
  domain: z.string(),
  policy: z.object({
    type: z.enum(['sts', 'tlsa', 'no-policy-found']),
    strings: z.array(z.string()),
    mx: z.array(z.string()),
  }),
  /** Absent: TLS stood, and proved what the policy asks. */
  fault: z.string().exactOptional(),
  /** '' where nothing failed. */
  host: z.string(),
});

export type TlsResult = z.output<typeof cardSchema>;
export type CountedResult = TlsResult & { readonly count: number };

export async function countResult(keyring: Keyring, db: Db, day: string, result: TlsResult): Promise<void> {
  const id = keyring.blindIndex('tls-result', JSON.stringify([day, result]));
  const row: TlsResultsTable = {
    id,
    day,
    domain_index: keyring.blindIndex('tls-result-domain', result.domain),
    count: 1,
    sealed: keyring.sealRecord(recordName(id), JSON.stringify(result)),
  };
  await inTransaction(db, async (tx) => {
    await tx
      .insertInto('tls_results')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ count: sql<number>`tls_results.count + 1` }))
      .execute();
  });
}

export interface DomainDay {
  readonly day: string;
  readonly domainIndex: string;
}

/** Of before this day, the oldest first. */
export async function listDomainDays(db: Db, before: string, most: number): Promise<DomainDay[]> {
  const rows = await db
    .selectFrom('tls_results')
    .select(['day', 'domain_index'])
    .where('day', '<', before)
    .groupBy(['day', 'domain_index'])
    .orderBy('day')
    .orderBy('domain_index')
    .limit(most)
    .execute();
  return rows.map(({ day, domain_index: domainIndex }) => ({ day, domainIndex }));
}

/** Whose they are; undefined when somebody took them. */
export async function domainOfDay(
  keyring: Keyring,
  db: Db,
  { day, domainIndex }: DomainDay,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('tls_results')
    .selectAll()
    .where('day', '=', day)
    .where('domain_index', '=', domainIndex)
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : opened(keyring, row).domain;
}

/** All of it, which is then nobody's any more; empty when somebody else took it. */
export async function takeResults(keyring: Keyring, tx: Tx, { day, domainIndex }: DomainDay): Promise<CountedResult[]> {
  const rows = await tx
    .deleteFrom('tls_results')
    .where('day', '=', day)
    .where('domain_index', '=', domainIndex)
    .returningAll()
    .execute();
  return rows.map((row) => opened(keyring, row));
}

export const tlsResultRecords: SealedColumn = {
  table: 'tls_results',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => recordName(String(id)),
};

function opened(keyring: Keyring, { id, count, sealed }: TlsResultsTable): CountedResult {
  return { ...cardSchema.parse(JSON.parse(keyring.openRecord(recordName(id), sealed).toString('utf8'))), count };
}

function recordName(id: string): string {
  return `tls-result ${id}`;
}
