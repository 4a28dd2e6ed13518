// Owns which process streams the audit log, and how far it has come: one at a time on all machines, for as long as it says
// that it is there.

import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { loadMark, setMark } from '../db/marks.ts';

const MARK = 'audit-stream';
const stateSchema = z.object({ seq: z.number(), holder: z.string(), until: z.string() });

/** Takes or keeps the stream for `leaseMs`. @returns the number of the last entry that was sent; undefined: another has it. */
export function holdStream(db: Db, clock: Clock, holder: string, leaseMs: number): Promise<number | undefined> {
  return inTransaction(db, async (tx) => {
    await holdLock(tx, MARK);
    const state = await load(tx);
    if (state.holder !== holder && state.until > isoNow(clock)) return undefined;
    // Looking every second for what is seldom there is no reason to write every second.
    if (state.holder === holder && state.until > isoNow(clock, leaseMs / 2)) return state.seq;
    await setMark(tx, MARK, JSON.stringify({ seq: state.seq, holder, until: isoNow(clock, leaseMs) }));
    return state.seq;
  });
}

/** Says that all up to `seq` was sent. @returns false when another has taken the stream meanwhile. */
export function moveStream(db: Db, clock: Clock, holder: string, seq: number, leaseMs: number): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await holdLock(tx, MARK);
    const state = await load(tx);
    if (state.holder !== holder) return false;
    await setMark(tx, MARK, JSON.stringify({ seq, holder, until: isoNow(clock, leaseMs) }));
    return true;
  });
}

/** Leaves the stream to whoever comes next. */
export async function leaveStream(db: Db, holder: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await holdLock(tx, MARK);
    const state = await load(tx);
    if (state.holder === holder) await setMark(tx, MARK, JSON.stringify({ seq: state.seq, holder: '', until: '' }));
  });
}

async function load(tx: Tx): Promise<z.infer<typeof stateSchema>> {
  const state = stateSchema.safeParse(parseJson((await loadMark(tx, MARK)) ?? ''));
  return state.success ? state.data : { seq: 0, holder: '', until: '' };
}
