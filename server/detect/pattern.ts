// Owns an administrator's own patterns, and is the one place that knows re2js: it matches in linear time what others
// backtrack over for hours. What a letter costs is bounded by the size of the program, so a pattern is refused when it is
// saved only for what it is: unreadable, too long, too large, or matching everywhere. It never tells what was matched:
// that is counted and masked elsewhere.

import { RE2JS, RE2Set } from 're2js';
import { AppError } from '../core/errors.ts';
import { fold } from './fold.ts';

export interface Pattern {
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

const PATTERN_LETTERS_MAX = 1_000;
/** Instructions of the compiled program; a repetition is written out in it. At worst each is tried for each letter. */
const PROGRAM_MAX = 500;

/** Refuses a pattern that cannot be looked for, with a sentence that says why. */
export function checkPattern(pattern: string): void {
  if (pattern.trim() === '') refuse('The pattern is empty.');
  if (pattern.length > PATTERN_LETTERS_MAX) refuse(`The pattern is longer than ${PATTERN_LETTERS_MAX} characters.`);
  const folded = fold(pattern).text;
  if (folded !== pattern) {
    const at = [...pattern].findIndex((letter, index) => letter !== [...folded][index]);
    const letter = [...pattern][at] ?? '';
    const point = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    refuse(
      `The pattern has the character U+${point}, of which texts are freed before they are looked through; write the plain one.`,
    );
  }
  const program = compiled(pattern);
  if (program.programSize() > PROGRAM_MAX) {
    refuse(
      'The pattern is too large once its repetitions are written out; ask for fewer repetitions, or use a word list.',
    );
  }
  if (['', 'a b'].some((text) => hasEmptyMatch(program, text))) {
    refuse('The pattern matches nothing at all as well, so that it would match everywhere.');
  }
}

function hasEmptyMatch(program: RE2JS, text: string): boolean {
  const matcher = program.matcher(text);
  while (matcher.find()) if (matcher.start() === matcher.end()) return true;
  return false;
}

function refuse(sentence: string): never {
  throw new AppError('request/malformed', sentence);
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, flagsOf(true));
  } catch (error) {
    return refuse(`The pattern cannot be read: ${reasonOf(error)}.`);
  }
}

// "error parsing regexp: missing closing ]: `[`" says what is wrong behind its first words.
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it is no pattern';
  const isForeign = /Perl syntax|named capture: `\(\?<[=!]|invalid escape sequence: `\\[1-9]/.test(reason);
  return isForeign ? `${reason} (looking around and going back to a group are not possible)` : reason;
}

// A line's beginning and end are meant by ^ and $, as people write patterns for mail.
function flagsOf(ignoreCase: boolean): number {
  return ignoreCase ? RE2JS.MULTILINE | RE2JS.CASE_INSENSITIVE : RE2JS.MULTILINE;
}

function setOf(patterns: readonly Pattern[]): RE2Set {
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.MULTILINE);
  for (const { pattern, ignoreCase } of patterns) set.add(ignoreCase ? `(?i:${pattern})` : `(?:${pattern})`);
  set.compile();
  return set;
}

/** The first match in a short text, of a pattern that has been checked. */
export function firstMatch(pattern: string): (text: string) => string | undefined {
  const program = RE2JS.compile(pattern, flagsOf(false));
  return (text) => {
    const matcher = program.matcher(text);
    return matcher.find() ? (matcher.group() ?? '') : undefined;
  };
}

/** Patterns of one set. One that leads into many states makes all of its set slower, so sets are kept small. */
const SET_MAX = 40;
const SET_PROGRAM_MAX = 1_000;

/** Windows of a text, so that looking for the next match never reads to the end of it again and again. */
const WINDOW_LETTERS = 2_000;
const MATCH_LETTERS_MAX = 400;
/** Matches of one pattern that are taken from one text. */
const MATCHES_MAX = 1_000;

/** Calls for each match of each pattern, until it is told to stop by `false`. */
export type PatternScan = (text: string, hit: (pattern: number, start: number, end: number) => boolean) => void;

/** Prepares the search for these patterns, which have been checked. */
export function patternScan(patterns: readonly Pattern[]): PatternScan {
  const programs = patterns.map(({ pattern, ignoreCase }) => RE2JS.compile(pattern, flagsOf(ignoreCase)));
  const sets = inSets(programs).map((members) => ({
    members,
    set: setOf(members.flatMap((at) => patterns[at] ?? [])),
  }));
  return (text, hit) => {
    for (const { members, set } of sets) {
      for (const at of set.match(text)) {
        const [member, program] = [members[at], programs[members[at] ?? -1]];
        if (member !== undefined && program !== undefined) find(program, text, (start, end) => hit(member, start, end));
      }
    }
  };
}

function inSets(programs: readonly RE2JS[]): number[][] {
  const sets: number[][] = [];
  let size = Number.POSITIVE_INFINITY;
  programs.forEach((program, at) => {
    size += program.programSize();
    const last = sets.at(-1);
    if (last !== undefined && last.length < SET_MAX && size <= SET_PROGRAM_MAX) last.push(at);
    else {
      sets.push([at]);
      size = program.programSize();
    }
  });
  return sets;
}

// A window begins one letter early and ends late, so that edges of lines and words are seen as they are.
function find(program: RE2JS, text: string, hit: (start: number, end: number) => boolean): void {
  let matches = 0;
  let from = 0;
  while (from < text.length) {
    const base = Math.max(0, from - 1);
    const isLast = from + WINDOW_LETTERS >= text.length;
    const window = text.slice(base, from + WINDOW_LETTERS + MATCH_LETTERS_MAX);
    let next = from + WINDOW_LETTERS;
    if (program.test(window)) {
      const matcher = program.matcher(window);
      let at = from - base;
      while (at <= window.length && matcher.find(at)) {
        const [start, end] = [base + matcher.start(), base + matcher.end()];
        if (start >= next && !isLast) break;
        at = Math.max(matcher.end(), matcher.start() + 1);
        if (end === start) continue;
        matches += 1;
        if (!hit(start, end) || matches >= MATCHES_MAX) return;
        if (end > next) next = end;
      }
    }
    from = next;
  }
}
