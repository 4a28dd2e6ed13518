// Owns the finding of ids that are written in letters and digits: where they may begin, and when words near by are
// wanted. It never knows what an id means.

import type { Detector, Scan, WordList } from './detector.ts';
import { REACH, evidenceOf } from './evidence.ts';
import { standingOf } from './surroundings.ts';

export interface IdRule {
  /** What the id looks like, from its first letter on (sticky). It is matched where letters stand before digits as well. */
  readonly shape: RegExp;
  /** How long the first token with a digit can be. */
  readonly first: readonly number[];
  /** How many letters stand before that token when a sign parts them from it: 2 in `AB 12 34 56 C`. */
  readonly leads?: readonly number[];
  /** The value of what was matched, or undefined when it is none. */
  readonly valueOf: (matched: string) => string | undefined;
  readonly words: WordList;
  /** True where its shape is enough, and words near by are not wanted. Without it they always are, and so between tabs. */
  readonly speaks?: (matched: string) => boolean;
  readonly shown: number;
}

/** Finds ids by this rule. */
export function idsBy(rule: IdRule): Detector['find'] {
  const shape = new RegExp(rule.shape.source, `${rule.shape.flags.replace('y', '')}y`);
  const first = maskOf(rule.first);
  const leads = maskOf(rule.leads ?? []);
  return (original, found) => {
    if (rule.speaks === undefined && original.wordsIn(rule.words).ends.length === 0) return;
    const scan = withoutTabs(original);
    const { count, starts, ends, leads: leadsBefore } = scan.tokens;
    let [done, lastEnd] = [0, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < count; at += 1) {
      const start = starts[at] ?? 0;
      const lead = leadsBefore[at] ?? 0;
      const isFirst = (first & (1 << Math.min((ends[at] ?? 0) - start, LENGTH_MAX))) !== 0;
      const isLed = lead > 0 && (leads & (1 << lead)) !== 0;
      if ((!isFirst && !isLed) || start < done) continue;
      const hit =
        (isFirst ? hitAt(scan, shape, start, rule) : undefined) ??
        (isLed ? hitBefore(scan, shape, start, lead, rule) : undefined);
      if (hit === undefined || !isMeant(scan, rule, hit, lastEnd)) continue;
      done = lastEnd = hit.end;
      found({ value: hit.value, start: hit.start, end: hit.end, shown: rule.shown });
    }
  };
}

// Columns are read as if blanks parted them; that they were columns, isMeant asks the text itself.
function withoutTabs(scan: Scan): Scan {
  if (!scan.text.includes('\t')) return scan;
  const known = untabbed.get(scan);
  if (known !== undefined) return known;
  const [latin, ids] = [scan.latin.replaceAll('\t', ' '), scan.ids.replaceAll('\t', ' ')];
  const made = { ...scan, latin, ids };
  untabbed.set(scan, made);
  return made;
}

/** All detectors share it, as they share the scan. */
const untabbed = new WeakMap<Scan, Scan>();

/** Longer tokens are the beginning of nothing. */
const LENGTH_MAX = 30;

function maskOf(lengths: readonly number[]): number {
  return lengths.reduce((mask, length) => mask | (1 << length), 0);
}

interface Hit {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

// A nought for an O may spoil a letter that belongs there: both readings are tried.
function hitAt({ latin, ids, isReadTwice }: Scan, shape: RegExp, start: number, rule: IdRule): Hit | undefined {
  return hitIn(latin, shape, start, rule) ?? (isReadTwice(start) ? hitIn(ids, shape, start, rule) : undefined);
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

// Letters that a sign parts from their digits are no token; they may be parted once more: "RSS MRA 85T10 …".
function hitBefore(scan: Scan, shape: RegExp, first: number, lead: number, rule: IdRule): Hit | undefined {
  const start = first - 1 - lead;
  return hitAt(scan, shape, start, rule) ?? (start > lead ? hitAt(scan, shape, start - 1 - lead, rule) : undefined);
}

function isMeant(scan: Scan, { words, speaks }: IdRule, { start, end }: Hit, lastEnd: number): boolean {
  const standing = standingOf(scan, start, end);
  if (standing === 'part') return false;
  const evidence = evidenceOf(scan, words, start, end);
  if (evidence !== 'none') return evidence === 'for';
  if (
    standing === 'apart' &&
    speaks?.(scan.latin.slice(start, end)) === true &&
    !scan.text.slice(start, end).includes('\t')
  )
    return true;
  return start - lastEnd <= REACH.before;
}
