// Owns the stored counters behind every limit. One guarded statement counts and decides, so that parallel
// requests, on any number of machines, cannot pass together. A counter that cannot be written refuses: the
// error goes up.

import { sql } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { sentence } from '../language/words.ts';
import type { Db } from './engine.ts';
import { sweepRows } from './sweep-rows.ts';
import { inTransaction } from './engine.ts';

export interface Limit {
  /** What is counted; stands in the key, not in any answer. */
  readonly name: string;
  readonly most: number;
  readonly windowMs: number;
}

export interface CounterDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Counts one for `who`, or throws request/too-many with the seconds until the window ends. */
export async function charge(deps: CounterDeps, limit: Limit, who: string): Promise<void> {
  const key = counterKey(deps.keyring, limit, who);
  const now = isoNow(deps.clock);
  const ends = isoNow(deps.clock, limit.windowMs);
  const counted = await deps.db
    .insertInto('counters')
    .values({ key, count: 1, window_ends_at: ends })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          count: sql<number>`case when counters.window_ends_at <= ${now} then 1 else counters.count + 1 end`,
          window_ends_at: sql<string>`case when counters.window_ends_at <= ${now} then ${ends} else counters.window_ends_at end`,
        })
        .where((where) =>
          where.or([where('counters.window_ends_at', '<=', now), where('counters.count', '<', limit.most)]),
        ),
    )
    .returning('count')
    .executeTakeFirst();
  if (counted !== undefined) return;
  throw new AppError('request/too-many', sentence('problem.too-many-means'), {
    detail: limit.name,
    retryAfterSeconds: await secondsLeft(deps, key),
  });
}

/** How long `charge` would refuse; 0 when it would not. */
export async function secondsUntilFree(deps: CounterDeps, limit: Limit, who: string): Promise<number> {
  const key = counterKey(deps.keyring, limit, who);
  const row = await deps.db
    .selectFrom('counters')
    .select('count')
    .where('key', '=', key)
    .where('window_ends_at', '>', isoNow(deps.clock))
    .executeTakeFirst();
  return row === undefined || row.count < limit.most ? 0 : secondsLeft(deps, key);
}

/** A limit, and whom it is counted for. */
export type Charge = readonly [limit: Limit, who: string];

/**
 * Counts one on each, or throws as `charge` does and counts on none: who is held back by one limit does
 * not use up the others, least of all those shared with everybody.
 */
export function chargeAll(deps: CounterDeps, charges: readonly Charge[]): Promise<void> {
  // Undoing is safe here, and only here: whoever is refused gets nothing for it.
  return inTransaction(deps.db, async (tx) => {
    for (const [limit, who] of charges) await charge({ ...deps, db: tx }, limit, who);
  });
}

/** Takes one back: what was counted turned out to be in order. */
export async function refund(deps: CounterDeps, limit: Limit, who: string): Promise<void> {
  await deps.db
    .updateTable('counters')
    .set((eb) => ({ count: eb('count', '-', 1) }))
    .where('key', '=', counterKey(deps.keyring, limit, who))
    .where('window_ends_at', '>', isoNow(deps.clock))
    .where('count', '>', 0)
    .execute();
}

/** Forgets what was counted, so that `charge` begins anew. */
export async function forgiveAll(deps: CounterDeps, charges: readonly Charge[]): Promise<void> {
  const keys = charges.map(([limit, who]) => counterKey(deps.keyring, limit, who));
  await deps.db.deleteFrom('counters').where('key', 'in', keys).execute();
}

/** Removes counters whose window is over, up to `most`. @returns how many. */
export function sweepCounters(db: Db, now: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'counters', key: 'key', end: 'window_ends_at' }, now, most);
}

function counterKey(keyring: Keyring, limit: Limit, who: string): string {
  return keyring.blindIndex('counter', `${limit.name} ${who}`);
}

async function secondsLeft(deps: CounterDeps, key: string): Promise<number> {
  const row = await deps.db.selectFrom('counters').select('window_ends_at').where('key', '=', key).executeTakeFirst();
  if (row === undefined) return 1;
  return Math.max(1, Math.ceil((Date.parse(row.window_ends_at) - deps.clock.nowMs()) / 1000));
}
