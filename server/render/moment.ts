// Owns how times are said to people. Pure; UTC, since the server cannot know where a reader is.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import type { Moment } from './page-models.ts';
import { Remembered } from './remembered.ts';

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
  return { iso, words: momentWords.of(iso), relative: relativeWords(Date.parse(iso) - nowMs) };
}

const REMEMBERED_MAX = 1_000;

const momentWords = new Remembered(REMEMBERED_MAX, (iso) => {
  const at = new Date(iso);
  return `${day.format(at)}, ${time.format(at)} UTC`;
});

const relativeTo = {
  minute: new Remembered(REMEMBERED_MAX, (count) => relative.format(Number(count), 'minute')),
  hour: new Remembered(REMEMBERED_MAX, (count) => relative.format(Number(count), 'hour')),
  day: new Remembered(REMEMBERED_MAX, (count) => relative.format(Number(count), 'day')),
};

function relativeWords(differenceMs: number): string {
  const size = Math.abs(differenceMs);
  if (size < MINUTE_MS) return 'just now';
  if (size < HOUR_MS) return relativeTo.minute.of(String(Math.round(differenceMs / MINUTE_MS)));
  if (size < DAY_MS) return relativeTo.hour.of(String(Math.round(differenceMs / HOUR_MS)));
  return relativeTo.day.of(String(Math.round(differenceMs / DAY_MS)));
}
