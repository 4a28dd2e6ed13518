// Owns the rows of what others report of TLS with our servers: each policy of a report once, sealed. It is what somebody says, and
// nobody has proved who.

import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { ReceivedReport } from './tls-report.ts';

const cardSchema = z.object({
  organization: z.string(),
  reportId: z.string(),
  day: z.string(),
  domain: z.string(),
  policyType: z.string(),
  successful: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ type: z.string(), host: z.string(), count: z.number() })),
});

/** @returns false when it is there already: who got no answer sends it again. */
export async function keepReport(keyring: Keyring, tx: Tx, report: ReceivedReport): Promise<boolean> {
  const { organization, reportId, domain, policyType } = report;
  const id = keyring.blindIndex('tls-report', JSON.stringify([organization, reportId, domain, policyType]));
  const sealed = keyring.sealRecord(recordName(id), JSON.stringify(report));
  const kept = await tx
    .insertInto('tls_reports')
    .values({ id, day: report.day, sealed })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return kept !== undefined;
}

/** From this day on, the newest first. */
export async function listReports(keyring: Keyring, db: Db, day: string, most: number): Promise<ReceivedReport[]> {
  const rows = await db
    .selectFrom('tls_reports')
    .selectAll()
    .where('day', '>=', day)
    .orderBy('day', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map(({ id, sealed }) =>
    cardSchema.parse(JSON.parse(keyring.openRecord(recordName(id), sealed).toString('utf8'))),
  );
}

/** Removes up to `most` of this day or before. @returns how many. */
export function sweepReports(db: Db, day: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'tls_reports', key: 'id', end: 'day' }, day, most);
}

export const tlsReportRecords: SealedColumn = {
  table: 'tls_reports',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => recordName(String(id)),
};

function recordName(id: string): string {
  return `tls-report ${id}`;
}
