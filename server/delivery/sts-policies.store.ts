// Owns the rows of MTA-STS policies: what domains said of their servers, kept for as long as they said it holds, however long
// the DNS is away.

import { z } from 'zod';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { StsPolicy } from './mta-sts.ts';

export interface StsStoreDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

const storedSchema = z.object({
  id: z.string(),
  mode: z.enum(['enforce', 'testing', 'none']),
  maxAgeSeconds: z.number(),
  mx: z.array(z.string()),
});

export interface KeptPolicy extends StsPolicy {
  /** As the TXT record had it when it was fetched. */
  readonly id: string;
}

export const stsPolicyRecords: SealedColumn = {
  table: 'sts_policies',
  key: 'domain_index',
  before: '',
  column: 'sealed',
  name: (index) => recordName(String(index)),
};

/** What still holds; undefined when nothing does. Throws SealBroken when it does not open. */
export async function loadStsPolicy(
  { db, keyring, clock }: StsStoreDeps,
  domain: string,
): Promise<KeptPolicy | undefined> {
  const index = indexOf(keyring, domain);
  const row = await db
    .selectFrom('sts_policies')
    .select('sealed')
    .where('domain_index', '=', index)
    .where('expires_at', '>', isoNow(clock))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return storedSchema.parse(JSON.parse(keyring.openRecord(recordName(index), row.sealed).toString('utf8')));
}

export async function keepStsPolicy(
  { db, keyring, clock }: StsStoreDeps,
  domain: string,
  kept: KeptPolicy,
): Promise<void> {
  const index = indexOf(keyring, domain);
  const values = {
    expires_at: isoNow(clock, kept.maxAgeSeconds * 1_000),
    sealed: keyring.sealRecord(recordName(index), JSON.stringify(kept)),
  };
  await inTransaction(db, async (tx) => {
    await tx
      .insertInto('sts_policies')
      .values({ domain_index: index, ...values })
      .onConflict((conflict) => conflict.column('domain_index').doUpdateSet(values))
      .execute();
  });
}

/** @returns how many were removed, of at most `most`. */
export async function sweepStsPolicies({ db, clock }: Omit<StsStoreDeps, 'keyring'>, most: number): Promise<number> {
  const over = await db
    .selectFrom('sts_policies')
    .select('domain_index')
    .where('expires_at', '<=', isoNow(clock))
    .orderBy('expires_at')
    .limit(most)
    .execute();
  if (over.length === 0) return 0;
  await db
    .deleteFrom('sts_policies')
    .where(
      'domain_index',
      'in',
      over.map((row) => row.domain_index),
    )
    .where('expires_at', '<=', isoNow(clock))
    .execute();
  return over.length;
}

function indexOf(keyring: Keyring, domain: string): string {
  return keyring.blindIndex('mta-sts', domain);
}

function recordName(index: string): string {
  return `mta-sts ${index}`;
}
