// Owns speaking to one person in their language: texts, dates, sizes. Pure but for reading the catalogues.

import { catalogueOf } from './catalogue.ts';
import type { Key, Markup, Values } from './catalogue.ts';
import { isolated } from './isolate.ts';
import { directionOf, localeOf } from './languages.ts';
import type { Direction, Language } from './languages.ts';

export interface Words {
  readonly language: Language;
  readonly direction: Direction;
  /** Plain text. What is filled in keeps its own direction. */
  say(key: Key, values?: Values): string;
  /** A text with tags, each written by `markup`. The values are taken as they are: whoever marks up, escapes. */
  mark(key: Key, values: Values, markup: Markup): string;
  /** "Tuesday 24 November 2026" */
  day(at: Date): string;
  /** "18:00 UTC" */
  time(at: Date): string;
  /** "in 3 days" */
  relative(value: number, unit: Intl.RelativeTimeFormatUnit): string;
  number(value: number, digits?: number): string;
  /** "Alice, Bob and Carol" */
  list(items: readonly string[]): string;
}

/** A text by name, to be said once it is known to whom. A value may be one that is only known then: a size, in words. */
export interface Sentence {
  readonly key: Key;
  readonly values: Readonly<Record<string, string | number | ((words: Words) => string)>>;
}

export function sentence(key: Key, values: Sentence['values'] = {}): Sentence {
  return { key, values };
}

export function saidIn(words: Words, { key, values }: Sentence): string {
  const known = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'function' ? value(words) : value,
  ]);
  return words.say(key, Object.fromEntries(known) as Values); // each of them is a value now
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
  return {
    language,
    direction,
    say: (key, values) => catalogue.say(key, values && isolatedIn(values, direction), untagged),
    mark: (key, values, markup) => catalogue.say(key, values, markup),
    day: (at) => day.format(at),
    time: (at) => time.format(at),
    relative: (value, unit) => relative.format(value, unit),
    number: (value, digits = 0) => value.toLocaleString(locale, { maximumFractionDigits: digits }),
    list: (items) => list.format(items.map((item) => isolated(item, direction))),
  };
}

// Where nothing can be set in bold.
const untagged: Markup = { b: (inner) => inner };

function isolatedIn(values: Values, direction: Direction): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? isolated(value, direction) : value,
    ]),
  );
}
