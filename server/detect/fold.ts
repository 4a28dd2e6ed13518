// Owns the text that is looked through: what a reader cannot see is taken out, and what looks alike to a reader is
// written in one way, so that a number is found however it was typed. It takes linear time for any text, and knows where
// each of its letters stood. It never changes which letters a word has: that is look-alikes.ts, for numbers alone.

import { textOf } from './units.ts';

export interface Folded {
  readonly text: string;
  /** Where the letter at this index of the folded text stood in the text that was given. */
  readonly originalIndex: (index: number) => number;
}

const ODD = /[^\t\n\r -~]/;

/** Folds a text. */
export function fold(original: string): Folded {
  const first = ODD.test(original) ? firstChange(original) : original.length;
  return first < original.length ? foldFrom(original, first) : { text: original, originalIndex: (index) => index };
}

// What becomes of a unit that no mark follows: it stays, it is another unit, or it is what `foldCluster` says of it.
const UNKNOWN = -1;
const STAYS = -2;
const CLUSTER = -3;
const becomes = new Int32Array(0x1_0000).fill(UNKNOWN);

// Most texts stay as they are. A mark changes the letter before it.
function firstChange(original: string): number {
  for (let index = 0; index < original.length; index += 1) {
    const unit = original.charCodeAt(index);
    if (becomes[unit] !== STAYS && (becomes[unit] !== UNKNOWN || learn(unit) !== STAYS)) return Math.max(0, index - 1);
  }
  return original.length;
}

function foldFrom(original: string, first: number): Folded {
  const shifts = new Shifts();
  let written = new Uint16Array(original.length + 64);
  let length = first;
  let index = first;
  for (let at = 0; at < first; at += 1) written[at] = original.charCodeAt(at);
  // Where the letter begins that a mark may still follow.
  let base = first;
  while (index < original.length) {
    const unit = original.charCodeAt(index);
    let single = becomes[unit] ?? UNKNOWN;
    if (single === UNKNOWN) single = learn(unit);
    if (single !== CLUSTER) {
      base = index;
      written[length] = single === STAYS ? unit : single;
      length += 1;
      index += 1;
      continue;
    }
    if (base < index && isMark(unit)) {
      length -= index - base;
      index = base;
    }
    const end = clusterEnd(original, index);
    const folded = foldCluster(original.slice(index, end));
    if (length + folded.length + original.length - end > written.length) written = grown(written, folded.length);
    for (let at = 0; at < folded.length; at += 1) written[length + at] = folded.charCodeAt(at);
    length += folded.length;
    index = end;
    base = end;
    shifts.note(length, index);
  }
  return { text: textOf(written, length), originalIndex: (at) => shifts.original(at) };
}

function learn(unit: number): number {
  const letter = String.fromCharCode(unit);
  const folded = isMark(unit) || isSurrogate(unit) ? '' : foldCluster(letter);
  const single = folded.length !== 1 ? CLUSTER : folded === letter ? STAYS : folded.charCodeAt(0);
  becomes[unit] = single;
  return single;
}

// Marks, and the later letters of a Korean syllable.
const MARK = /[\p{M}\u1160-\u11ff]/u;
const marks = new Int8Array(0x1_0000).fill(UNKNOWN);

function isMark(unit: number): boolean {
  if (marks[unit] === UNKNOWN) marks[unit] = MARK.test(String.fromCharCode(unit)) ? 1 : 0;
  return marks[unit] === 1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

// Unicode Standard Annex 15, section 13: no letter needs more, and putting many into their order takes quadratic time.
const MARKS_MAX = 30;

function clusterEnd(text: string, index: number): number {
  let end = index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
  for (let count = 0; count < MARKS_MAX && isMark(text.charCodeAt(end)); count += 1) end += 1;
  return end;
}

// The few odd letters of a text come again and again.
const KNOWN_MAX = 4_096;
const known = new Map<string, string>();
const GROWTH_MAX = 8;

function foldCluster(cluster: string): string {
  const before = known.get(cluster);
  if (before !== undefined) return before;
  const composed = cluster.normalize('NFKC');
  // A whole blessing that is one letter in Unicode stays one: nothing is hidden in it.
  const folded = foldLetters(composed.length > Math.max(GROWTH_MAX, cluster.length) ? cluster : composed);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(cluster, folded);
  return folded;
}

const UNSEEN =
  /\p{Default_Ignorable_Code_Point}|[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufff9-\ufffb]/gu;
const LINE_END = /[\x0b\x0c\x85\u2028\u2029]/gu;
const BLANK = /[\p{Zs}\u2800]/gu;
const DASH = /[\p{Pd}\u2212\u2043\u02d7]/gu;
const SLASH = /[\u2044\u2215\u29f8]/gu;
const DIGIT = /\p{Nd}/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

function foldLetters(letters: string): string {
  return letters
    .replace(UNSEEN, '')
    .replace(LINE_END, '\n')
    .replace(BLANK, ' ')
    .replace(DASH, '-')
    .replace(SLASH, '/')
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(DIGIT, digitValue);
}

const ONE_DIGIT = /^\p{Nd}$/u;
const DIGITS = 10;

// The digits of a script stand in a row from nought to nine (Unicode Standard, section 4.6).
function digitValue(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (ONE_DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % DIGITS);
}

function grown(written: Uint16Array, more: number): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(written.length * 2 + more);
  larger.set(written);
  return larger;
}

/** Where folded and original text drift apart. */
class Shifts {
  readonly #folded: number[] = [0];
  readonly #original: number[] = [0];
  #drift = 0;

  /** Up to here, they have gone together. */
  note(folded: number, original: number): void {
    if (original - folded === this.#drift) return;
    this.#drift = original - folded;
    this.#folded.push(folded);
    this.#original.push(original);
  }

  original(index: number): number {
    let [low, high] = [0, this.#folded.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#folded[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return (this.#original[low] ?? 0) + index - (this.#folded[low] ?? 0);
  }
}
