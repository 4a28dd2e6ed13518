// Owns the rows that say how often each rule met a mail on each day.

import { sql } from 'kysely';
import type { Db, Tx } from '../db/engine.ts';
import type { RuleDaysTable } from '../db/tables/administration.ts';

export type RuleDay = Readonly<RuleDaysTable>;

/** For the transaction that counts. `hits`: one of each, its count 1. */
export async function addRuleDays(tx: Tx, hits: readonly RuleDay[]): Promise<void> {
  const sums = new Map<string, RuleDay>();
  for (const hit of hits) {
    const key = `${hit.day} ${hit.rule_id} ${hit.effect}`;
    sums.set(key, { ...hit, count: (sums.get(key)?.count ?? 0) + hit.count });
  }
  for (const row of sums.values()) {
    await tx
      .insertInto('rule_days')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['day', 'rule_id', 'effect'])
          .doUpdateSet({ count: sql<number>`rule_days.count + ${row.count}` }),
      )
      .execute();
  }
}

/** From this day on, `2026-11-01`. */
export function ruleDaysSince(db: Db, day: string): Promise<RuleDay[]> {
  return db.selectFrom('rule_days').selectAll().where('day', '>=', day).execute();
}
