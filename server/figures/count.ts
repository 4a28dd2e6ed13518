// Owns counting the audit log into daily figures, a batch at a time, each entry once; and what is in the log and not yet
// counted, for those who look in between.

import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import { listAudit } from '../audit/audit-list.store.ts';
import { figuresOf } from './figure.ts';
import type { Figure, FigureName } from './figure.ts';
import { addFigures, countedUpTo, figuresSince, holdCounting, isCounted } from './figures.store.ts';
import type { CountedFigure } from './figures.store.ts';
import { ruleDaysOf } from './rule-day.ts';
import { addRuleDays, ruleDaysSince } from './rule-days.store.ts';
import type { RuleDay } from './rule-days.store.ts';

export interface CountDeps {
  readonly db: Db;
  readonly keyring: Keyring;
}

/** Counts up to `most` entries. @returns how many. */
export function countFigures({ db, keyring }: CountDeps, most: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    await holdCounting(tx);
    const entries = await listAudit(keyring, tx, {}, { after: await countedUpTo(tx), limit: most });
    const newest = entries[0];
    if (newest === undefined) return 0;
    await addRuleDays(tx, entries.flatMap(ruleDaysOf));
    await addFigures(tx, entries.flatMap(figuresOf), newest.seq);
    return entries.length;
  });
}

/** As many entries as are looked at by whoever asks in between; the next counting takes them for good. */
const FRESH_MAX = 2_000;

/** All figures from this day on, with what happened since the last counting: each label of a day once, in order. */
export async function figuresNow({ db, keyring }: CountDeps, sinceDay: string): Promise<CountedFigure[]> {
  const fresh = await freshFigures({ db, keyring });
  const counted = await figuresSince(db, sinceDay);
  const ofToday = fresh.filter(({ day }) => day >= sinceDay);
  const sums = new Map<string, CountedFigure>();
  for (const one of [...counted, ...ofToday.map((figure) => ({ ...figure, count: 1 }))]) {
    const key = `${one.day} ${one.name} ${one.label}`;
    sums.set(key, { ...one, count: one.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, figure]) => figure);
}

/** Whether it has happened since then at all, be it counted yet or not. */
export async function hasHappened(
  deps: CountDeps,
  name: FigureName,
  sinceDay: string,
  label?: string,
): Promise<boolean> {
  if (await isCounted(deps.db, name, sinceDay, label)) return true;
  const fresh = await freshFigures(deps);
  return fresh.some((figure) => figure.name === name && (label === undefined || figure.label === label));
}

/** How often each rule met a mail since this day; several rows may be of one day. */
export async function ruleDaysNow(deps: CountDeps, sinceDay: string): Promise<RuleDay[]> {
  const fresh = (await freshEntries(deps)).flatMap(ruleDaysOf);
  const counted = await ruleDaysSince(deps.db, sinceDay);
  return [...counted, ...fresh.filter(({ day }) => day >= sinceDay)];
}

async function freshFigures(deps: CountDeps): Promise<Figure[]> {
  return (await freshEntries(deps)).flatMap(figuresOf);
}

async function freshEntries({ db, keyring }: CountDeps): Promise<ReadEntry[]> {
  return listAudit(keyring, db, {}, { after: await countedUpTo(db), limit: FRESH_MAX });
}
