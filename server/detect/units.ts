// Owns what is known of each UTF-16 unit: whether words are made of it, its small letter, and that letter without
// marks. Each is one look into a table, because a text is looked at unit by unit. It never looks at a text itself.

/** What a unit is to words. */
export const OTHER = 0;
export const LETTER = 1;
/** A letter of a script that writes words without spaces between them. */
export const UNSPACED = 2;
export const SPACE = 3;

/** The invisible letter where a word begins or ends; folded texts hold no NUL. */
export const EDGE = 0;

/** How letters are read: without their case, or without their accents as well. */
export type Letters = 'small' | 'bare';

const UNITS = 0x1_0000;
const SURROGATES = { from: 0xd800, to: 0xe000 };

export interface Units {
  readonly classes: Uint8Array;
  /** Small letters; the Turkish i's and the Greek s's are one letter each, or no case would be ignored for them. */
  readonly small: Uint16Array;
  /** Small letters without accents, as people write them in capitals or in haste. */
  readonly bare: Uint16Array;
}

let made: Units | undefined;

/** The tables, made when they are first asked for. */
export function units(): Units {
  made ??= makeUnits();
  return made;
}

/** True for a unit that words are made of. */
export function isOfWord(kind: number): boolean {
  return kind === LETTER || kind === UNSPACED;
}

/** True where a word begins or ends between two units. */
export function isEdge(left: number, right: number): boolean {
  return left === UNSPACED || right === UNSPACED || (left === LETTER) !== (right === LETTER);
}

function makeUnits(): Units {
  const all = everyUnit();
  const classes = new Uint8Array(UNITS);
  mark(classes, all, /[\p{L}\p{M}\p{N}]+/gu, LETTER);
  mark(classes, all, /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}々ー]+/gu, UNSPACED);
  mark(classes, all, /\s+/gu, SPACE);
  // The capital İ alone grows when it is made small.
  const lower = all.replace('İ', 'i').toLowerCase().replace('ı', 'i').replaceAll('ς', 'σ');
  const small = Uint16Array.from({ length: UNITS }, (_, unit) => lower.charCodeAt(unit));
  return { classes, small, bare: withoutMarks(small, lower) };
}

function everyUnit(): string {
  const { from, to } = SURROGATES;
  // Half a surrogate pair is nobody's letter.
  const all = Uint16Array.from({ length: UNITS }, (_, unit) => (unit >= from && unit < to ? 0 : unit));
  return textOf(all, UNITS);
}

/** The text that these units write. */
export function textOf(written: Uint16Array, length: number): string {
  return Buffer.from(written.buffer, written.byteOffset, length * Uint16Array.BYTES_PER_ELEMENT).toString('utf16le');
}

function mark(classes: Uint8Array, all: string, which: RegExp, as: number): void {
  for (const { 0: run, index } of all.matchAll(which)) classes.fill(as, index, index + run.length);
}

// Latin, Greek and Cyrillic alone: a mark makes another letter of most others.
const ACCENTED = /[\u00c0-\u024f\u0370-\u045f\u1e00-\u1fff]/g;
const STROKES = /[łŁøØđĐ]/g;
const WITHOUT_STROKE: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd' };

function withoutMarks(small: Uint16Array, lower: string): Uint16Array {
  const bare = Uint16Array.from(small);
  for (const { 0: letter, index } of lower.matchAll(ACCENTED)) bare[index] = letter.normalize('NFD').charCodeAt(0);
  for (const { 0: letter, index } of lower.matchAll(STROKES)) bare[index] = WITHOUT_STROKE[letter]?.charCodeAt(0) ?? 0;
  return bare;
}
