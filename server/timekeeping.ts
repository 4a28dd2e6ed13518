// Owns that time does not go back when the program is started anew, nor differ between machines: the latest time
// seen is kept as a mark in the database, and with PostgreSQL the time is the database server's.

import { MINUTE_MS, SECOND_MS, isoNow, systemClock, ticksMs } from './core/clock.ts';
import type { SteadyClock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import { databaseTimeMs } from './db/engine.ts';
import type { Db, Tx } from './db/engine.ts';
import { loadMark, raiseMark, removeMark, removeMarkOf, setMark } from './db/marks.ts';

const LATEST_TIME = 'latest-time';
/** When a running server kept it last, by the clock of that server, right or wrong. */
const KEPT_AT = 'latest-time-kept';
const KEEP_EVERY_MS = MINUTE_MS;
// Less is how clocks are, and nothing that an operator should look into.
const BEHIND_BY_MS = 5 * SECOND_MS;

export interface Timekeeping {
  /** Keeps the mark for the last time. */
  stop(): Promise<void>;
}

/** Sets the clock and keeps it so until stopped. */
export async function startTimekeeping(db: Db, clock: SteadyClock, log: Log): Promise<Timekeeping> {
  let keptAt = '';
  const keep = async (): Promise<void> => {
    await setClock(db, clock);
    await raiseMark(db, LATEST_TIME, isoNow(clock));
    keptAt = isoNow(systemClock);
    await setMark(db, KEPT_AT, keptAt);
  };
  await keep();
  const behind = secondsBehind(clock);
  // Everything goes on, only that nothing gets older until the clock has caught up.
  if (behind > 0) log.warn('clock.behind', { count: behind });
  const tick = (): void => void keep().catch((error: unknown) => log.warn('clock.keep-failed', { err: error }));
  const timer = setInterval(tick, KEEP_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await raiseMark(db, LATEST_TIME, isoNow(clock));
      await removeMarkOf(db, KEPT_AT, keptAt);
    },
  };
}

/** Once: no earlier than the mark, and by the database server's clock where there is one. */
export async function setClock(db: Db, clock: SteadyClock): Promise<void> {
  const serverMs = await databaseTimeMs(db);
  if (serverMs !== undefined) {
    // From here on it runs by this machine's ticks, not by its clock, which may be set. The time that the answer took
    // is left out: better a little late than early, since an early clock is never put back.
    const answeredAt = ticksMs();
    clock.follow({ nowMs: () => Math.floor(serverMs + ticksMs() - answeredAt) });
  }
  const latest = await loadMark(db, LATEST_TIME);
  if (latest !== undefined) clock.raise(Date.parse(latest));
}

/** Whole seconds by which the time's source is behind what has been seen before; 0 when it is right. */
export function secondsBehind(clock: SteadyClock): number {
  const ms = clock.behindMs();
  return ms > BEHIND_BY_MS ? Math.round(ms / SECOND_MS) : 0;
}

/** For an operator who knows that it was a clock set wrong. @returns what it was. */
export async function forgetLatestTime(tx: Tx): Promise<string | undefined> {
  const latest = await loadMark(tx, LATEST_TIME);
  await removeMark(tx, LATEST_TIME);
  return latest;
}

/** How long ago a server kept the time that has not been stopped since: it may run, or was killed. */
export async function keptAgoMs(db: Db): Promise<number | undefined> {
  const keptAt = await loadMark(db, KEPT_AT);
  return keptAt === undefined ? undefined : Math.abs(systemClock.nowMs() - Date.parse(keptAt));
}
