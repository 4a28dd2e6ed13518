// Owns the rows of the daily figures, and how far the audit log has been counted.

import { sql } from 'kysely';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import { loadMark, setMark } from '../db/marks.ts';
import type { Figure, FigureName } from './figure.ts';

export interface CountedFigure {
  readonly day: string;
  readonly name: string;
  readonly label: string;
  readonly count: number;
}

/** In `marks`: the number of the last entry that was counted. */
const MARK = 'figures';

/** The number of the last entry that is counted; 0 when none is. */
export async function countedUpTo(db: Db | Tx): Promise<number> {
  return Number((await loadMark(db, MARK)) ?? 0);
}

/** For the transaction that counts: one at a time on all machines. */
export function holdCounting(tx: Tx): Promise<void> {
  return holdLock(tx, MARK);
}

export async function addFigures(tx: Tx, figures: readonly Figure[], upTo: number): Promise<void> {
  const counts = new Map<string, CountedFigure>();
  for (const figure of figures) {
    const key = `${figure.day} ${figure.name} ${figure.label}`;
    counts.set(key, { ...figure, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  for (const row of counts.values()) {
    await tx
      .insertInto('daily_figures')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['day', 'name', 'label'])
          .doUpdateSet({ count: sql<number>`daily_figures.count + ${row.count}` }),
      )
      .execute();
  }
  await setMark(tx, MARK, String(upTo));
}

/** From this day on, `2026-11-01`. */
export function figuresSince(db: Db, day: string): Promise<CountedFigure[]> {
  return db.selectFrom('daily_figures').selectAll().where('day', '>=', day).execute();
}

/** Whether there is one of this name since then; with this label, where it is given. */
export async function isCounted(db: Db, name: FigureName, sinceDay: string, label?: string): Promise<boolean> {
  const row = await db
    .selectFrom('daily_figures')
    .select('day')
    .where('day', '>=', sinceDay)
    .where('name', '=', name)
    .$if(label !== undefined, (query) => query.where('label', '=', label ?? ''))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
