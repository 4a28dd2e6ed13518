// Owns the question "what time is it?". Nothing else calls Date.now() or new Date() without an argument.

/** A source of the current time, in milliseconds since the epoch. */
export interface Clock {
  nowMs(): number;
}

/** What the machine says, right or wrong. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Milliseconds from some moment on, at an even rate: whatever is done to the machine's clock, it never jumps. */
export function ticksMs(): number {
  return performance.now();
}

export interface SteadyClockParts {
  /** The time as others tell it; it may jump. */
  readonly source?: Clock;
  readonly ticks?: () => number;
}

/**
 * A clock that never goes back, so that nothing that has run out comes to life again. It follows its source forward;
 * when the source jumps back it goes on at its own rate until the source has caught up.
 */
export class SteadyClock implements Clock {
  readonly #ticks: () => number;
  #source: Clock;
  #lastMs: number;
  #lastTicks: number;

  constructor({ source = systemClock, ticks = ticksMs }: SteadyClockParts = {}) {
    this.#source = source;
    this.#ticks = ticks;
    this.#lastMs = source.nowMs();
    this.#lastTicks = ticks();
  }

  nowMs(): number {
    const runsTo = this.#runsToMs();
    const sourceMs = this.#source.nowMs();
    if (sourceMs >= runsTo) this.#set(sourceMs);
    return Math.max(sourceMs, runsTo);
  }

  /** Takes its time from another source from now on. */
  follow(source: Clock): void {
    this.raise(this.nowMs());
    this.#source = source;
  }

  /** It has been this late before. */
  raise(floorMs: number): void {
    if (floorMs > this.nowMs()) this.#set(floorMs);
  }

  /** By how much the source is behind; 0 when it is right. */
  behindMs(): number {
    return Math.max(0, this.nowMs() - this.#source.nowMs());
  }

  #set(ms: number): void {
    this.#lastMs = ms;
    this.#lastTicks = this.#ticks();
  }

  #runsToMs(): number {
    return this.#lastMs + Math.floor(this.#ticks() - this.#lastTicks);
  }
}

/** ISO 8601 UTC text with milliseconds, the one shape of a time in the database; it sorts as time does. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The time now as ISO 8601 UTC text, `plusMs` later. */
export function isoNow(clock: Clock, plusMs = 0): string {
  return isoTime(clock.nowMs() + plusMs);
}

/** The last moment before an end: what ends at midnight is still open on the day before. */
export function justBefore(iso: string): string {
  return isoTime(Date.parse(iso) - 1);
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
