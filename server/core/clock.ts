// Owns the question "what time is it?". Nothing else calls Date.now() or new Date() without an argument.

/** A source of the current time, in milliseconds since the epoch. */
export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** ISO 8601 UTC text with milliseconds, the one shape of a time in the database; it sorts as time does. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The time now as ISO 8601 UTC text, `plusMs` later. */
export function isoNow(clock: Clock, plusMs = 0): string {
  return isoTime(clock.nowMs() + plusMs);
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
