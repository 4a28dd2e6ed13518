// Owns the rows of the outbox: work that was promised in the transaction that caused it. A job is claimed
// under a lease with a fencing token; only the holder of the present lease settles it.

import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId, newToken } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { OutboxTable, Tables } from '../db/tables.ts';
import { TRIED_FOR_MS, retryAfterMs } from './jobs.ts';
import type { JobKind } from './jobs.ts';

export interface OutboxDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface NewJob {
  readonly kind: JobKind;
  readonly messageId?: string;
  readonly recipientId?: string;
  /** Goes sealed. */
  readonly payload?: unknown;
  /** ISO 8601 UTC; by default what the kind allows. */
  readonly giveUpAt?: string;
}

/** Enqueues the job unless one for this recipient is still to be done. */
export async function ensureQueued(
  deps: OutboxDeps,
  tx: Tx,
  job: NewJob & { readonly recipientId: string },
): Promise<void> {
  const waiting = await tx
    .selectFrom('outbox')
    .select('id')
    .where('recipient_id', '=', job.recipientId)
    .where('kind', '=', job.kind)
    .where('state', 'in', ['ready', 'leased'])
    .limit(1)
    .executeTakeFirst();
  if (waiting === undefined) await enqueue(deps, tx, job);
}

/** A job under lease. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly messageId: string | null;
  readonly recipientId: string | null;
  /** Opened by `openPayload`. */
  readonly sealed: Uint8Array | null;
  /** This try's number, from 1. */
  readonly attempt: number;
  readonly giveUpAt: string;
  readonly leaseToken: string;
}

export async function enqueue(deps: OutboxDeps, tx: Tx, job: NewJob): Promise<void> {
  const id = newId(deps.clock);
  const giveUpAt = job.giveUpAt ?? isoNow(deps.clock, TRIED_FOR_MS[job.kind]);
  await tx
    .insertInto('outbox')
    .values({
      id,
      kind: job.kind,
      message_id: job.messageId ?? null,
      recipient_id: job.recipientId ?? null,
      sealed: job.payload === undefined ? null : deps.keyring.sealRecord(jobContext(id), JSON.stringify(job.payload)),
      state: 'ready',
      attempts: 0,
      next_at: isoNow(deps.clock),
      give_up_at: giveUpAt,
      lease_until: null,
      lease_token: null,
      last_error: null,
      created_at: isoNow(deps.clock),
    })
    .execute();
}

/** Leases up to `most` jobs of these kinds that are due, or whose holder's lease ran out. */
export async function claimJobs(
  deps: OutboxDeps,
  db: Db,
  kinds: readonly JobKind[],
  most: number,
  leaseMs: number,
): Promise<Job[]> {
  const now = isoNow(deps.clock);
  const leaseToken = newToken();
  const due = db
    .selectFrom('outbox')
    .select('id')
    .where('kind', 'in', [...kinds])
    .where((eb) => isDue(eb, now))
    .orderBy('next_at')
    .limit(most);
  const rows = await db
    .updateTable('outbox')
    .set((eb) => ({
      state: 'leased' as const,
      attempts: eb('attempts', '+', 1),
      lease_until: isoNow(deps.clock, leaseMs),
      lease_token: leaseToken,
    }))
    .where('id', 'in', due)
    // Repeated on the outside: two claimers may have picked the same rows inside.
    .where((eb) => isDue(eb, now))
    .returningAll()
    .execute();
  return rows.map((row) => ({
    id: row.id,
    // Written by enqueue() alone, which takes a JobKind.
    kind: row.kind as JobKind,
    messageId: row.message_id,
    recipientId: row.recipient_id,
    sealed: row.sealed,
    attempt: row.attempts,
    giveUpAt: row.give_up_at,
    leaseToken,
  }));
}

/**
 * What the job carries. Not opened while claiming: one payload that does not open must not hold up the
 * others of its batch.
 */
export function openPayload(deps: OutboxDeps, job: Job): unknown {
  if (job.sealed === null) return undefined;
  return JSON.parse(deps.keyring.openRecord(jobContext(job.id), job.sealed).toString('utf8')) as unknown;
}

/** Marks the job done and forgets its payload. @returns false when the lease was lost meanwhile. */
export async function settleDone(tx: Tx, job: Job): Promise<boolean> {
  return settle(tx, job, { state: 'done', sealed: null, last_error: null });
}

/** Puts the job back for its next try. */
export async function settleRetry(deps: OutboxDeps, tx: Tx, job: Job, error: string): Promise<boolean> {
  const nextAt = isoNow(deps.clock, retryAfterMs(job.kind, job.attempt));
  return settle(tx, job, { state: 'ready', next_at: nextAt, last_error: error });
}

/** Ends the job without success. */
export async function settleDead(tx: Tx, job: Job, error: string): Promise<boolean> {
  return settle(tx, job, { state: 'dead', sealed: null, last_error: error });
}

/** Whether the next try would come too late, so that this was the last. */
export function isLastTry(deps: OutboxDeps, job: Job): boolean {
  return isoNow(deps.clock, retryAfterMs(job.kind, job.attempt)) > job.giveUpAt;
}

/** Age of the oldest job that is due and waits, in milliseconds; 0 when none does. */
export async function queueAgeMs(db: Db, clock: Clock): Promise<number> {
  const row = await db
    .selectFrom('outbox')
    .select('next_at')
    .where('state', '=', 'ready')
    .where('next_at', '<=', isoNow(clock))
    .orderBy('next_at')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? 0 : clock.nowMs() - Date.parse(row.next_at);
}

/** Removes jobs settled before `before`, up to `most`. @returns how many. */
export async function sweepOutbox(db: Db, before: string, most: number): Promise<number> {
  const settled = db
    .selectFrom('outbox')
    .select('id')
    .where('state', 'in', ['done', 'dead'])
    .where('next_at', '<=', before)
    .limit(most);
  const result = await db.deleteFrom('outbox').where('id', 'in', settled).executeTakeFirst();
  return Number(result.numDeletedRows);
}

function isDue(eb: ExpressionBuilder<Tables, 'outbox'>, now: string): ExpressionWrapper<Tables, 'outbox', SqlBool> {
  return eb.or([
    eb.and([eb('state', '=', 'ready'), eb('next_at', '<=', now)]),
    eb.and([eb('state', '=', 'leased'), eb('lease_until', '<=', now)]),
  ]);
}

async function settle(
  tx: Tx,
  job: Job,
  change: Partial<Pick<OutboxTable, 'state' | 'sealed' | 'next_at' | 'last_error'>>,
): Promise<boolean> {
  const settled = await tx
    .updateTable('outbox')
    .set({ ...change, lease_until: null, lease_token: null })
    .where('id', '=', job.id)
    .where('lease_token', '=', job.leaseToken)
    .returning('id')
    .executeTakeFirst();
  return settled !== undefined;
}

function jobContext(id: string): string {
  return `outbox ${id}`;
}
