// Owns what administrators see and change of the outbox: what waits, what was given up, when it is tried next.

import { sql } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { isoNow, isoTime } from '../core/clock.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { OutboxTable } from '../db/tables/outbox.ts';
import { lanes, retryAfterMs } from './jobs.ts';
import type { JobKind } from './jobs.ts';

export type QueuedJob = Pick<
  OutboxTable,
  'id' | 'kind' | 'state' | 'attempts' | 'last_error' | 'created_at' | 'next_at' | 'give_up_at' | 'message_id'
>;

const columns = [
  'id',
  'kind',
  'state',
  'attempts',
  'last_error',
  'created_at',
  'next_at',
  'give_up_at',
  'message_id',
] as const;

/** What waits, what is tried next first; then what is under way, and what was given up of late, newest first. */
export async function listQueue(db: Db, most: number): Promise<QueuedJob[]> {
  const kinds = lanes.flatMap((lane) => lane.kinds);
  const waiting: QueuedJob[] = [];
  // The states are literals: only then both engines use the index of the jobs in that state.
  for (const kind of kinds) {
    waiting.push(
      ...(await db
        .selectFrom('outbox')
        .select(columns)
        .where('state', '=', sql.lit('ready'))
        .where('kind', '=', kind)
        .orderBy('next_at')
        .limit(most)
        .execute()),
    );
  }
  const leased = await db
    .selectFrom('outbox')
    .select(columns)
    .where('state', '=', sql.lit('leased'))
    .orderBy('lease_until')
    .limit(most)
    .execute();
  const settled = await db
    .selectFrom('outbox')
    .select(columns)
    .where(sql<boolean>`state in ('done', 'dead')`)
    .orderBy('next_at', 'desc')
    .limit(SETTLED_LOOKED_AT)
    .execute();
  const inOrder = waiting.toSorted((a, b) => (a.next_at < b.next_at ? -1 : 1));
  return [...inOrder, ...leased, ...settled.filter(({ state }) => state === 'dead')].slice(0, most);
}

/** Undefined when it does not wait any more. */
export function loadWaiting(db: Db, id: string): Promise<QueuedJob | undefined> {
  return db.selectFrom('outbox').select(columns).where('id', '=', id).where('state', '=', 'ready').executeTakeFirst();
}

/** Given up are few among those that went well. */
const SETTLED_LOOKED_AT = 2_000;

/** Has the job tried now. @returns false when it does not wait any more. */
export async function tryNow(tx: Tx, clock: Clock, id: string): Promise<boolean> {
  const changed = await tx
    .updateTable('outbox')
    .set({ next_at: isoNow(clock) })
    .where('id', '=', id)
    .where('state', '=', 'ready')
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Has the job tried once more and then given up, as if its time had passed: whoever waits for it is told. */
export async function tryLast(tx: Tx, clock: Clock, id: string): Promise<boolean> {
  const now = isoNow(clock);
  const changed = await tx
    .updateTable('outbox')
    .set({ next_at: now, give_up_at: now })
    .where('id', '=', id)
    .where('state', '=', 'ready')
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Has up to `most` jobs that failed before tried now. @returns how many. */
export async function tryAllNow(tx: Tx, clock: Clock, most: number): Promise<number> {
  const now = isoNow(clock);
  let count = 0;
  for (const kind of lanes.flatMap((lane) => lane.kinds)) {
    const waiting = tx
      .selectFrom('outbox')
      .select('id')
      .where('state', '=', sql.lit('ready'))
      .where('kind', '=', kind)
      .where('next_at', '>', now)
      .orderBy('next_at')
      .limit(most);
    const rows = await tx
      .updateTable('outbox')
      .set({ next_at: now })
      .where('id', 'in', waiting)
      .where('state', '=', 'ready')
      .returning('id')
      .execute();
    count += rows.length;
  }
  return count;
}

const COUNTED_MAX = 1_000;

/** How many jobs wait, and how many of those settled of late were given up: "1000+" for more than is worth counting. */
export async function countQueue(db: Db): Promise<{ waiting: string; givenUp: string }> {
  const waiting = await db
    .selectFrom('outbox')
    .select('id')
    .where('state', '=', sql.lit('ready'))
    .where(
      'kind',
      'in',
      lanes.flatMap((lane) => [...lane.kinds]),
    )
    .limit(COUNTED_MAX)
    .execute();
  const settled = await db
    .selectFrom('outbox')
    .select('state')
    .where(sql<boolean>`state in ('done', 'dead')`)
    .orderBy('next_at', 'desc')
    .limit(SETTLED_LOOKED_AT)
    .execute();
  const dead = settled.filter(({ state }) => state === 'dead').length;
  return { waiting: atMost(waiting.length), givenUp: atMost(dead) };
}

function atMost(count: number): string {
  return count < COUNTED_MAX ? String(count) : `${COUNTED_MAX}+`;
}

export interface FailedJob {
  readonly kind: JobKind;
  readonly messageId: string | null;
  readonly recipientId: string | null;
  readonly attempts: number;
  /** "RCPT 450 4.2.1" */
  readonly error: string;
  readonly createdAt: string;
  /** When it failed last, about. */
  readonly failedAt: string;
}

/** Jobs whose last try failed: up to `most` of each kind that wait for the next, and those given up since `since`. */
export async function listFailing(db: Db, clock: Clock, since: string, most: number): Promise<FailedJob[]> {
  const columns = [
    'kind',
    'state',
    'message_id',
    'recipient_id',
    'attempts',
    'last_error',
    'created_at',
    'next_at',
  ] as const;
  const rows: Pick<OutboxTable, (typeof columns)[number]>[] = [];
  for (const kind of lanes.flatMap((lane) => lane.kinds)) {
    rows.push(
      ...(await db
        .selectFrom('outbox')
        .select(columns)
        .where('state', '=', sql.lit('ready'))
        .where('kind', '=', kind)
        // What is due has mostly not been tried.
        .where('next_at', '>', isoNow(clock))
        .orderBy('next_at')
        .limit(most)
        .execute()),
    );
  }
  const settled = await db
    .selectFrom('outbox')
    .select(columns)
    .where(sql<boolean>`state in ('done', 'dead')`)
    .where('next_at', '>=', since)
    .orderBy('next_at', 'desc')
    .limit(SETTLED_LOOKED_AT)
    .execute();
  return [...rows, ...settled.filter(({ state }) => state === 'dead')].flatMap((row): FailedJob[] => {
    if (row.last_error === null || row.attempts === 0) return [];
    // Written by enqueue() alone, which takes a JobKind.
    const kind = row.kind as JobKind;
    const waitedMs = row.state === 'dead' ? 0 : retryAfterMs(kind, row.attempts);
    return [
      {
        kind,
        messageId: row.message_id,
        recipientId: row.recipient_id,
        attempts: row.attempts,
        error: row.last_error,
        createdAt: row.created_at,
        failedAt: isoTime(Date.parse(row.next_at) - waitedMs),
      },
    ];
  });
}
