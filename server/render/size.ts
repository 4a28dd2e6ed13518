// Owns how sizes are said to people. Pure.

import { localeOf } from '../language/languages.ts';
import { wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

const formats = new Map<string, Intl.NumberFormat>();

/** "12 bytes", "340 kB", "2.4 MB" */
export function sizeWords(bytes: number, words: Words = wordsIn('en')): string {
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  return formatOf(words, UNITS[step] ?? 'gigabyte', step > 0 && value < 10 ? 1 : 0).format(value);
}

/** The same for a sentence that is said later. */
export function sizeOf(bytes: number): (words: Words) => string {
  return (words) => sizeWords(bytes, words);
}

function formatOf(words: Words, unit: string, digits: number): Intl.NumberFormat {
  const key = `${words.language} ${unit} ${digits}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat(localeOf(words.language), {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: digits,
  });
  formats.set(key, format);
  return format;
}
