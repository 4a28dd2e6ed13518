// Owns the rows of the outbox: work that was promised in the transaction that caused it. A job is claimed
// under a lease with a fencing token; only the holder of the present lease settles it.

import { sql } from 'kysely';
import type { RawBuilder, SelectQueryBuilder } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import { idTimeMs } from '../core/ids.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId, newToken } from '../crypto/random.ts';
import { holdLock } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { blankRow, prepared } from '../db/prepared.ts';
import type { Tables } from '../db/tables.ts';
import type { OutboxTable } from '../db/tables/outbox.ts';
import { TRIED_FOR_MS, lanes, postponedMs, retryAfterMs } from './jobs.ts';
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
  job: NewJob & { readonly messageId: string; readonly recipientId: string },
): Promise<void> {
  // One after the other, so that two at the same moment find each other's.
  await holdLock(tx, `jobs ${job.messageId}`);
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
  const now = isoNow(deps.clock);
  await addJob(tx, {
    id,
    kind: job.kind,
    message_id: job.messageId ?? null,
    recipient_id: job.recipientId ?? null,
    sealed: job.payload === undefined ? null : deps.keyring.sealRecord(jobContext(id), JSON.stringify(job.payload)),
    state: 'ready',
    attempts: 0,
    next_at: now,
    give_up_at: giveUpAt,
    lease_until: null,
    lease_token: null,
    last_error: null,
    created_at: now,
  });
}

const addJob = prepared((db, row: OutboxTable) => db.insertInto('outbox').values(blankRow(row, jobColumns)));

const jobColumns = {
  id: true,
  kind: true,
  message_id: true,
  recipient_id: true,
  sealed: true,
  state: true,
  attempts: true,
  next_at: true,
  give_up_at: true,
  lease_until: true,
  lease_token: true,
  last_error: true,
  created_at: true,
} as const;

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
  const fronts = [...kinds.map((kind) => ready(db, kind, now, most)), lapsed(db, kinds, now, most)];
  const due = oldest(db, fronts, most).select('id');
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
    .where(isDue(now))
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

/**
 * Makes the leases of these jobs last `leaseMs` from now, in one statement. A lease that ran out is still renewed when
 * nobody has taken the job. @returns those that are still ours.
 */
export async function renewLeases(deps: OutboxDeps, db: Db, jobs: readonly Job[], leaseMs: number): Promise<Job[]> {
  if (jobs.length === 0) return [];
  const rows = await db
    .updateTable('outbox')
    .set({ lease_until: isoNow(deps.clock, leaseMs) })
    .where(
      'id',
      'in',
      jobs.map(({ id }) => id),
    )
    .where('lease_token', 'in', [...new Set(jobs.map(({ leaseToken }) => leaseToken))])
    .returning(['id', 'lease_token'])
    .execute();
  // A job that came back to this process under another token is not the one it was.
  const ours = new Map(rows.map((row) => [row.id, row.lease_token]));
  return jobs.filter(({ id, leaseToken }) => ours.get(id) === leaseToken);
}

/** Marks the job done and forgets its payload. @returns false when the lease was lost meanwhile. */
export async function settleDone(tx: Tx, job: Job): Promise<boolean> {
  return settle(tx, job, { state: 'done', sealed: null, last_error: null });
}

/** Puts the job back for its next try. */
export async function settleRetry(deps: OutboxDeps, tx: Tx, job: Job, error: string): Promise<boolean> {
  return settle(tx, job, { state: 'ready', next_at: nextTryAt(deps, job), last_error: error });
}

/**
 * Puts the job back without counting this as a try. @returns false when there is no time left for it, and nothing was done; true
 * also when the lease was lost.
 */
export async function settleLater(deps: OutboxDeps, tx: Tx, job: Job): Promise<boolean> {
  const waitedMs = deps.clock.nowMs() - idTimeMs(job.id);
  const nextAt = isoNow(deps.clock, postponedMs(waitedMs));
  if (nextAt > job.giveUpAt) return false;
  await settle(tx, job, { state: 'ready', next_at: nextAt, attempts: job.attempt - 1 });
  return true;
}

/** When the job is tried again if this try fails. */
export function nextTryAt(deps: OutboxDeps, job: Job): string {
  return isoNow(deps.clock, retryAfterMs(job.kind, job.attempt));
}

/** Ends the job without success. */
export async function settleDead(tx: Tx, job: Job, error: string): Promise<boolean> {
  return settle(tx, job, { state: 'dead', sealed: null, last_error: error });
}

/** Whether the next try would come too late, so that this was the last. */
export function isLastTry(deps: OutboxDeps, job: Job): boolean {
  return nextTryAt(deps, job) > job.giveUpAt;
}

/** Age of the oldest job that is due and waits, in milliseconds; 0 when none does. */
export async function queueAgeMs(db: Db, clock: Clock): Promise<number> {
  const kinds = lanes.flatMap((lane) => lane.kinds);
  const firsts = kinds.map((kind) => ready(db, kind, isoNow(clock), 1));
  const row = await oldest(db, firsts, 1).select('next_at').executeTakeFirst();
  return row === undefined ? 0 : clock.nowMs() - Date.parse(row.next_at);
}

/** Removes jobs settled before `before`, up to `most`. @returns how many. */
export async function sweepOutbox(db: Db, before: string, most: number): Promise<number> {
  const settled = db
    .selectFrom('outbox')
    .select('id')
    .where(sql<boolean>`state in ('done', 'dead')`)
    .where('next_at', '<=', before)
    .limit(most);
  const result = await db.deleteFrom('outbox').where('id', 'in', settled).executeTakeFirst();
  return Number(result.numDeletedRows);
}

type Due = SelectQueryBuilder<Tables, 'outbox', { id: string; next_at: string }>;

// The state is a literal: only then both engines use the index of the jobs in that state.
function ready(db: Db, kind: JobKind, now: string, most: number): Due {
  return db
    .selectFrom('outbox')
    .select(['id', 'next_at'])
    .where('state', '=', sql.lit('ready'))
    .where('kind', '=', kind)
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(most);
}

/** Whose holder did not come back. There are never more of them than places. */
function lapsed(db: Db, kinds: readonly JobKind[], now: string, most: number): Due {
  return db
    .selectFrom('outbox')
    .select(['id', 'next_at'])
    .where('state', '=', sql.lit('leased'))
    .where('kind', 'in', [...kinds])
    .where('lease_until', '<=', now)
    .orderBy('lease_until')
    .limit(most);
}

/** The oldest of a few from the front of each index: a long queue is never sorted. */
function oldest(db: Db, fronts: readonly Due[], most: number) {
  const [first, ...others] = fronts.map((front) => db.selectFrom(front.as('front')).select(['id', 'next_at']));
  if (first === undefined) throw new Error('nothing is looked for');
  const all = others.reduce((one, other) => one.unionAll(other), first);
  return db.selectFrom(all.as('due')).orderBy('next_at').limit(most);
}

export const jobRecords: SealedColumn = {
  table: 'outbox',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => jobContext(String(id)),
};

// Said so that no index serves it: it checks the few rows that were picked and finds none by itself.
function isDue(now: string): RawBuilder<boolean> {
  return sql`case state when 'ready' then next_at when 'leased' then lease_until end <= ${now}`;
}

async function settle(
  tx: Tx,
  job: Job,
  change: Partial<Pick<OutboxTable, 'state' | 'sealed' | 'next_at' | 'last_error' | 'attempts'>>,
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
