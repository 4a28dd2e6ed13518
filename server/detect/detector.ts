// Owns what a detector is, and what it is given of a text. It never looks for anything itself.

import type { Folded } from './fold.ts';
import type { Tokens } from './tokens.ts';

export interface Detector {
  /** In words, for people. */
  readonly title: string;
  readonly looksFor: string;
  /** How a finding is told from what only looks like one. */
  readonly check: string;
  /** When words near by are wanted. */
  readonly evidence: string;
  /** Every list that `find` asks for with `wordsIn`. */
  readonly words: readonly WordList[];
  /** Calls for every finding, in the order of the text. */
  readonly find: (scan: Scan, found: (finding: Finding) => void) => void;
}

/**
 * Words of any language. Small letters stand for any case, and letters without accents for accented ones; a word with a
 * capital is looked for as it stands. A star at the end stands for any ending.
 */
export type WordList = readonly string[];

/** One text, read in the ways that detectors read it. All places are those of `text`. */
export interface Scan {
  readonly folded: Folded;
  readonly text: string;
  /** The same, with look-alike letters read as Latin ones. */
  readonly latin: string;
  /** The same, with letters that look like digits read as digits beside digits. */
  readonly ids: string;
  /** False where nothing from here on, as far as an id goes, reads in another way as `ids` than as `latin`. */
  readonly isReadTwice: (index: number) => boolean;
  readonly tokens: Tokens;
  /** Where words of this list stand. */
  readonly wordsIn: (list: WordList) => WordPlaces;
  /** True inside a web address. */
  readonly isInUrl: (index: number) => boolean;
}

/** In the order of their ends. */
export interface WordPlaces {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export interface Finding {
  /** What is the same value is written in the same way here. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** How many of the last letters a sample may show; none when `masked` says it whole. */
  readonly shown?: number;
  readonly masked?: string;
}
