// Owns how times are said to people. Pure; UTC, since the server cannot know where a reader is.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import type { Moment } from './page-models.ts';

const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' });

/** A time (ISO 8601) in words, exact and relative. */
export function moment(iso: string, nowMs: number): Moment {
  const at = new Date(iso);
  return { iso, words: `${day.format(at)}, ${time.format(at)} UTC`, relative: relativeWords(at.getTime() - nowMs) };
}

function relativeWords(differenceMs: number): string {
  const size = Math.abs(differenceMs);
  if (size < MINUTE_MS) return 'just now';
  if (size < HOUR_MS) return relative.format(Math.round(differenceMs / MINUTE_MS), 'minute');
  if (size < DAY_MS) return relative.format(Math.round(differenceMs / HOUR_MS), 'hour');
  return relative.format(Math.round(differenceMs / DAY_MS), 'day');
}
