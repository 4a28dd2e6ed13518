// Owns how times are said to people. Pure; UTC, since the server cannot know where a reader is.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import type { Moment } from './page-models.ts';

/** A time (ISO 8601) in words, exact and relative. */
export function moment(iso: string, nowMs: number, words: Words = wordsIn('en')): Moment {
  const at = new Date(iso);
  return {
    iso,
    words: words.say('reading.moment', { day: words.day(at), time: words.time(at) }),
    relative: relativeWords(at.getTime() - nowMs, words),
  };
}

/** "Tuesday 24 November 2026" */
export function dayWords(iso: string): string {
  return wordsIn('en').day(new Date(iso));
}

function relativeWords(differenceMs: number, words: Words): string {
  const size = Math.abs(differenceMs);
  if (size < MINUTE_MS) return words.say('reading.just-now');
  if (size < HOUR_MS) return words.relative(Math.round(differenceMs / MINUTE_MS), 'minute');
  if (size < DAY_MS) return words.relative(Math.round(differenceMs / HOUR_MS), 'hour');
  return words.relative(Math.round(differenceMs / DAY_MS), 'day');
}
