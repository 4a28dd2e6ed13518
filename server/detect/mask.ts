// Owns what a place shows of a finding: its shape, and never enough of it to be of use. A value is not told by its mask,
// and neither is what stood around it.

import type { Finding, Scan } from './detector.ts';

const HIDDEN = '•';
const SHAPE_MAX = 40;
const LETTER_OR_DIGIT = /[\p{L}\p{M}\p{N}\p{S}]/u;
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** The finding as it stands in the text, its letters and digits hidden but the last ones that may be shown. */
export function maskedFinding(original: string, { folded, text }: Scan, finding: Finding): string {
  const { start, end, shown = 0, masked } = finding;
  if (masked !== undefined) return masked;
  const tail = start + tailAt(text.slice(start, end), shown);
  const shape = original.slice(folded.originalIndex(start), folded.originalIndex(tail));
  return hidden(shape) + text.slice(tail, end);
}

// Where the last letters or digits of a number begin.
function tailAt(found: string, shown: number): number {
  let [at, left] = [found.length, shown];
  while (at > 0 && left > 0) {
    at -= 1;
    if (LETTER_OR_DIGIT.test(found.charAt(at))) left -= 1;
  }
  return at;
}

function hidden(shape: string): string {
  const letters = Array.from(shape.slice(0, SHAPE_MAX)).filter((letter) => !UNSEEN.test(letter));
  return letters.map((letter) => (LETTER_OR_DIGIT.test(letter) ? HIDDEN : letter)).join('');
}

/** A word or what a pattern matched: its first letter, and how long it is. */
export function maskedWord(word: string): string {
  const letters = Array.from(word.slice(0, SHAPE_MAX));
  const [first = ''] = letters;
  const shape = first + HIDDEN.repeat(Math.max(letters.length - 1, 0));
  return `${letters.length < 2 ? HIDDEN : shape}${word.length > SHAPE_MAX ? '…' : ''} (${word.length})`;
}
