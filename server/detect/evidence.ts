// Owns what words near by say about a number: that it is what it looks like, or that it is another thing's. The word
// next to it has the say. It never knows one detector from another.

import type { Scan, WordList, WordPlaces } from './detector.ts';
import { otherNumbers } from './other-numbers.ts';
import { lastUpTo } from './urls.ts';

/** How far before and behind a number a word still speaks of it, in letters: a table's row, or two lines of a form. */
export const REACH = { before: 100, after: 40 } as const;

/** A word for another kind of number speaks of what follows it at once: "Order no. is 4…". */
const OTHER_REACH = 12;
/** A word in brackets at once behind the number has the last word: "order 4… (Visa)". */
const BRACKET = /^\s?[([]$/;

export type Evidence = 'for' | 'against' | 'none';

/** What the words around this place say. */
export function evidenceOf(scan: Scan, words: WordList, start: number, end: number): Evidence {
  const places = scan.wordsIn(words);
  const forEnd = lastEnd(places, start, REACH.before);
  const behind = firstStart(places, end);
  const otherEnd = lastEnd(scan.wordsIn(otherNumbers), start, OTHER_REACH);
  if (otherEnd > forEnd) return BRACKET.test(scan.text.slice(end, Math.min(behind, end + 3))) ? 'for' : 'against';
  return forEnd >= 0 || behind <= end + REACH.after ? 'for' : 'none';
}

/** True where one of these words stands in reach, on either side. */
export function isNear(scan: Scan, words: WordList, start: number, end: number): boolean {
  const places = scan.wordsIn(words);
  return lastEnd(places, start, REACH.before) >= 0 || firstStart(places, end) <= end + REACH.before;
}

function lastEnd({ ends }: WordPlaces, start: number, reach: number): number {
  const end = ends[lastUpTo(ends, start)] ?? -1;
  return end >= start - reach ? end : -1;
}

function firstStart({ starts, ends }: WordPlaces, end: number): number {
  // Ends are in order; a word that ends behind the number and begins before it overlaps it.
  for (let at = lastUpTo(ends, end) + 1; at < ends.length; at += 1) {
    const start = starts[at] ?? 0;
    if (start >= end) return start;
    if ((ends[at] ?? 0) > end + REACH.before * 2) break;
  }
  return Number.POSITIVE_INFINITY;
}
