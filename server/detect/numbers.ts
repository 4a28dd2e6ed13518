// Owns the finding of numbers that are written in digits alone: the ways in which one is grouped, and when words near by
// are wanted. It never knows what a number means.

import type { Detector, Scan, WordList } from './detector.ts';
import { REACH, evidenceOf } from './evidence.ts';
import { standingOf } from './surroundings.ts';

export interface Layout {
  /** How many digits each group has. */
  readonly sizes: readonly number[];
  /** The signs between the groups; without it one of blank, dash, dot and tab, the same everywhere. */
  readonly between?: string;
  /**
   * True where digits in this shape are enough: words near by are not wanted. 'alone': only where no other number is near, and
   * so with all that stands between tabs: tables and lists of numbers look like that.
   */
  readonly speaks?: boolean | 'alone';
}

export interface NumberRule {
  readonly layouts: readonly Layout[];
  readonly isValid: (digits: string) => boolean;
  readonly words: WordList;
  /** How many of the last digits a sample may show. */
  readonly shown: number;
}

const SIZE_MAX = 19;

interface Candidate {
  readonly layout: Layout;
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  /** What is enough for it. */
  readonly speaks: boolean;
  /** The token behind it. */
  readonly next: number;
}

/** Finds numbers by this rule. */
export function numbersBy(rule: NumberRule): Detector['find'] {
  const byFirst = Map.groupBy(rule.layouts, ({ sizes }) => sizes[0] ?? 0);
  const layoutsOf = Array.from({ length: SIZE_MAX + 1 }, (_, size) => byFirst.get(size));
  const isWordWanted = rule.layouts.every(({ speaks = false }) => speaks === false);
  return (scan, found) => {
    if (isWordWanted && scan.wordsIn(rule.words).ends.length === 0) return;
    const { count, starts, ends, digits: ofDigits } = scan.tokens;
    // A column of numbers has its word at the top: what follows a finding in the same shape goes with it.
    const lastEnds = new Map<Layout, number>();
    let at = 0;
    while (at < count) {
      const layouts = ofDigits[at] === 1 ? layoutsOf[(ends[at] ?? 0) - (starts[at] ?? 0)] : undefined;
      const candidate = layouts === undefined ? undefined : candidateAt(scan, at, layouts, rule);
      if (candidate === undefined) {
        at += 1;
        continue;
      }
      const { layout, digits, start, end } = candidate;
      if (isMeant(scan, rule, candidate, lastEnds.get(layout))) {
        lastEnds.set(layout, end);
        found({ value: digits, start, end, shown: rule.shown });
        at = candidate.next;
      } else at += 1;
    }
  };
}

function candidateAt(
  scan: Scan,
  first: number,
  layouts: readonly Layout[],
  { isValid }: NumberRule,
): Candidate | undefined {
  for (const layout of layouts) {
    const candidate = inLayout(scan, first, layout);
    if (candidate !== undefined && isValid(candidate.digits)) return candidate;
  }
  return undefined;
}

const UNIFORM = ' -.\t';

function inLayout({ ids, tokens }: Scan, first: number, layout: Layout): Candidate | undefined {
  const { starts, ends } = tokens;
  let [sign, brokenLines] = ['', 0];
  for (let group = 1; group < layout.sizes.length; group += 1) {
    const at = first + group;
    const [start, end] = [starts[at], ends[at]];
    if (start === undefined || end === undefined || tokens.digits[at] !== 1) return undefined;
    if (end - start !== layout.sizes[group]) return undefined;
    const gap = gapSign(ids, ends[at - 1] ?? 0, start);
    if (gap === '\n') brokenLines += 1;
    else if (layout.between !== undefined ? gap !== layout.between.charAt(group - 1) : !isUniform(gap, sign))
      return undefined;
    else sign = gap;
  }
  // One break of a line is the mailer's; more are a column of its own.
  if (brokenLines > 1 || (brokenLines === 1 && sign === '')) return undefined;
  const last = first + layout.sizes.length - 1;
  const [start, end] = [starts[first] ?? 0, ends[last] ?? 0];
  if (goesOn({ ids, tokens }, first, last, layout, sign)) return undefined;
  return {
    layout,
    digits: ids.slice(start, end).replace(/\D/g, ''),
    start,
    end,
    speaks: doesSpeak(tokens, first, last, layout, sign),
    next: last + 1,
  };
}

function doesSpeak(
  { starts, ends, digits }: Scan['tokens'],
  first: number,
  last: number,
  { speaks = false }: Layout,
  sign: string,
): boolean {
  if (speaks === false || (speaks === true && sign !== '\t')) return speaks;
  const isNear = (at: number, gap: number): boolean => digits[at] === 1 && gap <= ALONE_LETTERS;
  const before = first > 0 && isNear(first - 1, (starts[first] ?? 0) - (ends[first - 1] ?? 0));
  return !before && !isNear(last + 1, (starts[last + 1] ?? 0) - (ends[last] ?? 0));
}

const ALONE_LETTERS = 12;

function isUniform(gap: string, sign: string): boolean {
  return sign === '' ? gap !== '' && UNIFORM.includes(gap) : gap === sign;
}

/** The sign that parts two tokens: blanks are one, and so is a dash with blanks, or a tab. Empty when they are not neighbours. */
function gapSign(ids: string, end: number, start: number): string {
  if (start - end > 3) return '';
  const gap = ids.slice(end, start);
  if (gap.length === 1) return gap;
  const trimmed = gap.trim();
  if (trimmed === '') return blankSign(gap);
  return trimmed === '-' ? '-' : '';
}

function blankSign(gap: string): string {
  if (gap.includes('\n')) return gap === '\r\n' ? '\n' : '';
  return gap.includes('\t') ? '\t' : ' ';
}

// One more group that is parted in the same way makes it a piece of a longer number; behind a blank or a tab, one of equal groups.
function goesOn(
  { ids, tokens }: Pick<Scan, 'ids' | 'tokens'>,
  first: number,
  last: number,
  { sizes }: Layout,
  sign: string,
): boolean {
  if (sign === '') return false;
  const { starts, ends } = tokens;
  const isMore = (at: number, gapEnd: number, gapStart: number, size: number | undefined): boolean => {
    if (at < 0 || at >= tokens.count) return false;
    if (sign === '\t' ? gapSign(ids, gapEnd, gapStart) !== sign : ids.slice(gapEnd, gapStart) !== sign) return false;
    return (sign !== ' ' && sign !== '\t') || (ends[at] ?? 0) - (starts[at] ?? 0) === size;
  };
  const [begins, goes] = [
    sizes[0] === sizes[1] ? sizes[0] : undefined,
    sizes.at(-1) === sizes.at(-2) ? sizes.at(-1) : undefined,
  ];
  return (
    isMore(first - 1, ends[first - 1] ?? 0, starts[first] ?? 0, begins) ||
    isMore(last + 1, ends[last] ?? 0, starts[last + 1] ?? 0, goes)
  );
}

function isMeant(scan: Scan, { words }: NumberRule, candidate: Candidate, lastEnd: number | undefined): boolean {
  const { start, end, speaks } = candidate;
  const standing = standingOf(scan, start, end);
  if (standing === 'part') return false;
  const evidence = evidenceOf(scan, words, start, end);
  if (evidence !== 'none') return evidence === 'for';
  if (speaks && standing === 'apart') return true;
  return lastEnd !== undefined && start - lastEnd <= REACH.before;
}
