// Owns speaking to one person in their language: texts, dates, sizes. Pure but for reading the catalogues.

import { catalogueOf } from './catalogue.ts';
import type { Key, Markup, Values } from './catalogue.ts';
import { isolated } from './isolate.ts';
import { directionOf, localeOf } from './languages.ts';
import type { Direction, Language } from './languages.ts';
import { Remembered } from './remembered.ts';
import { sizeIn } from './size.ts';
import { cutAtMarks, markOf } from './told.ts';
import type { At, Piece, Told } from './told.ts';

/** What is filled into a text, in whatever language it is then said. */
export type Given = Readonly<Record<string, string | number | At | Size>>;

/** Said as "340 kB". */
export interface Size {
  readonly bytes: number;
}

export interface Words {
  readonly language: Language;
  readonly direction: Direction;
  /** Plain text. What is filled in keeps its own direction. */
  say(key: Key, given?: Given): string;
  /** The same in pieces, of which each time is one. */
  tell(key: Key, given: Given): Told;
  /** A text with tags, each written by `markup`. The values are taken as they are: whoever marks up, escapes. */
  mark(key: Key, values: Values, markup: Markup): string;
  /** "Tuesday 24 November 2026" */
  day(at: Date): string;
  /** "18:00 UTC" */
  time(at: Date): string;
  /** "Tuesday 24 November 2026, 18:00 UTC" */
  moment(at: Date): string;
  /** "340 kB" */
  size(bytes: number): string;
  /** "in 3 days" */
  relative(value: number, unit: Intl.RelativeTimeFormatUnit): string;
  number(value: number, digits?: number): string;
  /** "Alice, Bob and Carol" */
  list(items: readonly string[]): string;
}

/** A text by name, to be said once it is known to whom. */
export interface Sentence {
  readonly key: Key;
  readonly given: Given;
}

export function sentence(key: Key, given: Given = {}): Sentence {
  return { key, given };
}

const spoken = new Map<Language, Words>();

/** One for each language, made when it is first asked for. */
export function wordsIn(language: Language): Words {
  const known = spoken.get(language);
  if (known !== undefined) return known;
  const words = makeWords(language);
  spoken.set(language, words);
  return words;
}

const REMEMBERED_MAX = 1_000;

function makeWords(language: Language): Words {
  const catalogue = catalogueOf(language);
  const direction = directionOf(language);
  const locale = localeOf(language);
  const zone = { timeZone: 'UTC' } as const; // where a reader is, a server cannot know
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full', ...zone });
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...zone,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const moments = new Remembered(REMEMBERED_MAX, (iso) => {
    const at = new Date(iso);
    return words.say('reading.moment', { day: day.format(at), time: time.format(at) });
  });
  const sizes = new Remembered(REMEMBERED_MAX, (bytes) => sizeIn(language, Number(bytes)));
  const words: Words = {
    language,
    direction,
    say: (key, given) =>
      catalogue.say(key, given && valuesOf(given, (at) => isolated(timeWords(words, at), direction)), untagged),
    tell: (key, given) => {
      const times: Piece[] = [];
      const values = valuesOf(given, (at) => {
        times.push({ text: isolated(timeWords(words, at), direction), iso: at.at, as: at.as });
        return markOf(times.length - 1);
      });
      return cutAtMarks(catalogue.say(key, values, untagged), times);
    },
    mark: (key, values, markup) => catalogue.say(key, values, markup),
    day: (at) => day.format(at),
    time: (at) => time.format(at),
    moment: (at) => moments.of(at.toISOString()),
    size: (bytes) => sizes.of(String(bytes)),
    relative: (value, unit) => relative.format(value, unit),
    number: (value, digits = 0) => value.toLocaleString(locale, { maximumFractionDigits: digits }),
    list: (items) => list.format(items.map((item) => isolated(item, direction))),
  };
  return words;

  function valuesOf(given: Given, timed: (at: At) => string): Values {
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        if (typeof value === 'number') return [name, value];
        if (typeof value === 'string') return [name, isolated(value, direction)];
        return [name, 'bytes' in value ? isolated(words.size(value.bytes), direction) : timed(value)];
      }),
    );
  }
}

function timeWords(words: Words, { at, as }: At): string {
  return words[as](new Date(at));
}

// Where nothing can be set in bold.
const untagged: Markup = { b: (inner) => inner };
