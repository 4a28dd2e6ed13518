// Owns how times are said to people. Pure; UTC, since the server cannot know where a reader is: a script of the page
// says them again by the reader's clock.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import type { Moment } from './page-models/parts.ts';
import { Remembered } from '../language/remembered.ts';

/** A time (ISO 8601) in words, exact and relative. */
export function moment(iso: string, nowMs: number, words: Words = wordsIn('en')): Moment {
  const said = saidIn(words);
  return { iso, words: said.whole.of(iso), relative: relativeWords(Date.parse(iso) - nowMs, words, said) };
}

const REMEMBERED_MAX = 1_000;

interface Said {
  readonly whole: Remembered<string>;
  readonly minute: Remembered<string>;
  readonly hour: Remembered<string>;
  readonly day: Remembered<string>;
}

/** By language, as many as there are. */
const remembered = new Map<string, Said>();

function saidIn(words: Words): Said {
  const known = remembered.get(words.language);
  if (known !== undefined) return known;
  const relativeTo = (unit: 'minute' | 'hour' | 'day'): Remembered<string> =>
    new Remembered(REMEMBERED_MAX, (count) => words.relative(Number(count), unit));
  const said: Said = {
    whole: new Remembered(REMEMBERED_MAX, (iso) => words.moment(new Date(iso))),
    minute: relativeTo('minute'),
    hour: relativeTo('hour'),
    day: relativeTo('day'),
  };
  remembered.set(words.language, said);
  return said;
}

function relativeWords(differenceMs: number, words: Words, said: Said): string {
  const size = Math.abs(differenceMs);
  if (size < MINUTE_MS) return words.say('reading.just-now');
  if (size < HOUR_MS) return said.minute.of(String(Math.round(differenceMs / MINUTE_MS)));
  if (size < DAY_MS) return said.hour.of(String(Math.round(differenceMs / HOUR_MS)));
  return said.day.of(String(Math.round(differenceMs / DAY_MS)));
}
