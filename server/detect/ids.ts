// Owns the finding of ids that are written in letters and digits: where they may begin, and when words near by are
// wanted. It never knows what an id means.

import type { Detector, Scan, WordList } from './detector.ts';
import { REACH, evidenceOf } from './evidence.ts';
import { standingOf } from './surroundings.ts';

export interface IdRule {
  /** What the id looks like, from its first letter on (sticky). It is matched where letters stand before digits as well. */
  readonly shape: RegExp;
  /** How many letters and signs may stand before the token with its first digit: 3 in `AB 12 34 56 C`. */
  readonly lead: number;
  /** The value of what was matched, or undefined when it is none. */
  readonly valueOf: (matched: string) => string | undefined;
  readonly words: WordList;
  /** True where its shape is enough: words near by are not wanted. */
  readonly speaks: (matched: string) => boolean;
  readonly shown: number;
}

/** Finds ids by this rule. */
export function idsBy(rule: IdRule): Detector['find'] {
  const shape = new RegExp(rule.shape.source, `${rule.shape.flags.replace('y', '')}y`);
  return (scan, found) => {
    const { tokens } = scan;
    let [done, lastEnd] = [0, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < tokens.count; at += 1) {
      const first = tokens.starts[at] ?? 0;
      if (first < done) continue;
      const hit = hitAt(scan, shape, first, rule) ?? hitBefore(scan, shape, first, rule);
      if (hit === undefined || !isMeant(scan, rule, hit, lastEnd)) continue;
      done = lastEnd = hit.end;
      found({ value: hit.value, start: hit.start, end: hit.end, shown: rule.shown });
    }
  };
}

interface Hit {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

// A nought for an O may spoil a letter that belongs there: both readings are tried.
function hitAt({ latin, ids }: Scan, shape: RegExp, start: number, rule: IdRule): Hit | undefined {
  return hitIn(latin, shape, start, rule) ?? (latin === ids ? undefined : hitIn(ids, shape, start, rule));
}

function hitIn(text: string, shape: RegExp, start: number, { valueOf }: IdRule): Hit | undefined {
  shape.lastIndex = start;
  const matched = shape.exec(text)?.[0];
  if (matched === undefined) return undefined;
  const end = start + matched.length;
  if (LETTER_OR_DIGIT.test(text.charAt(end)) || LETTER_OR_DIGIT.test(text.charAt(start - 1))) return undefined;
  const value = valueOf(matched);
  return value === undefined ? undefined : { value, start, end };
}

const LATIN = /[A-Za-z]/;
const SIGN = /[ .-]/;

// Letters that a sign parts from their digits are no token: "AB 12 34 56 C", "RSS MRA 85T10 …".
function hitBefore(scan: Scan, shape: RegExp, first: number, rule: IdRule): Hit | undefined {
  const { ids } = scan;
  let start = first;
  while (SIGN.test(ids.charAt(start - 1)) && LATIN.test(ids.charAt(start - 2))) {
    start -= 1;
    while (LATIN.test(ids.charAt(start - 1)) && first - start <= rule.lead) start -= 1;
    if (first - start > rule.lead) return undefined;
    const hit = hitAt(scan, shape, start, rule);
    if (hit !== undefined) return hit;
  }
  return undefined;
}

function isMeant(scan: Scan, { words, speaks }: IdRule, { start, end }: Hit, lastEnd: number): boolean {
  const standing = standingOf(scan, start, end);
  if (standing === 'part') return false;
  const evidence = evidenceOf(scan, words, start, end);
  if (evidence !== 'none') return evidence === 'for';
  if (standing === 'apart' && speaks(scan.latin.slice(start, end))) return true;
  return start - lastEnd <= REACH.before;
}
