// Owns how sizes are said to people. Pure.

import { localeOf } from './languages.ts';
import type { Language } from './languages.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

const formats = new Map<string, Intl.NumberFormat>();

/** "12 bytes", "340 kB", "2.4 MB" */
export function sizeIn(language: Language, bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  return formatOf(language, UNITS[step] ?? 'gigabyte', step > 0 && value < 10 ? 1 : 0).format(value);
}

function formatOf(language: Language, unit: string, digits: number): Intl.NumberFormat {
  const key = `${language} ${unit} ${digits}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat(localeOf(language), {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: digits,
  });
  formats.set(key, format);
  return format;
}
