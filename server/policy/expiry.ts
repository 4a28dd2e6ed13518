// Owns how an end in time is written: a span, a date, or a moment. Pure.

import { DAY_MS, HOUR_MS } from '../core/clock.ts';

const SPAN = /^(\d{1,5})\s*([dh])$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch, or undefined. A bare date means its end in UTC. */
export function parseExpiry(text: string, nowMs: number): number | undefined {
  const value = text.trim();
  const span = SPAN.exec(value);
  if (span !== null) {
    return nowMs + Number(span[1]) * (span[2]?.toLowerCase() === 'd' ? DAY_MS : HOUR_MS);
  }
  if (DATE.test(value)) return startOfDay(value, DAY_MS);
  if (!DATE_TIME.test(value) || startOfDay(value.slice(0, 10), 0) === undefined) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

// Date.parse takes 31 February for 3 March; a deadline nobody wrote is refused instead.
function startOfDay(date: string, plusMs: number): number | undefined {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(date)) return undefined;
  return at + plusMs;
}
