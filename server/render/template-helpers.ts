// Owns the few questions a template may ask of its data. A helper returns plain values only, never
// markup and never a SafeString, so that everything it gives is still escaped.

import { Remembered } from '../language/remembered.ts';

export const helpers = {
  /** True when both are the same. */
  is: (one: unknown, other: unknown): boolean => one === other,
  /** True when either holds. */
  either: (one: unknown, other: unknown): boolean => Boolean(one) || Boolean(other),
  /** True when the list has more than `count` entries. */
  longerThan: (list: readonly unknown[], count: number): boolean => list.length > count,
  /** The lines of a text, for mail clients that know no `white-space: pre-line`. */
  lines: (text: string): string[] => text.split(/\r\n|\r|\n/),
  /** The first letter as a reader sees it, for the seal; whole even when it takes several code points. */
  initial,
  /** The classes of a page's body that keep it from being printed or copied. */
  withheld: (mayPrint: boolean, mayCopy: boolean): string =>
    [mayPrint ? '' : 'no-print-page', mayCopy ? '' : 'no-copy'].filter(Boolean).join(' '),
  /** The message of the first error on this field, or '' when it is fine. */
  errorOn: (errors: readonly { field: string; message: string }[], field: string): string =>
    errors.find((error) => error.field === field)?.message ?? '',
};

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

const initials = new Remembered(100, (name: string): string => {
  for (const { segment } of graphemes.segment(name.trim())) return segment.toLocaleUpperCase('en');
  return '';
});

function initial(name: string): string {
  return initials.of(name);
}
