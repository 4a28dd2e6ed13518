// Owns the one pass that finds what numbers and ids are made of: runs of Latin letters and digits that hold a digit. All
// detectors share them. It never says what a run means.

import { LETTER, units } from './units.ts';

export interface Tokens {
  readonly count: number;
  readonly starts: Int32Array;
  /** Behind the last letter. */
  readonly ends: Int32Array;
  /** 1 where the token is of digits alone. */
  readonly digits: Uint8Array;
  /** How many Latin letters, and no more, stand before the token behind one sign: 2 in `AB 12 34 56 C`. */
  readonly leads: Uint8Array;
}

const NONE = 0;
const DIGIT = 1;
const LATIN = 2;
// A letter of another kind: what it stands in is no id.
const FOREIGN = 3;

let made: Uint8Array | undefined;

/** Of every unit; made when it is first asked for. A number may stand against a letter that no space parts from it. */
function kinds(): Uint8Array {
  made ??= Uint8Array.from(units().classes, (kind, unit) => {
    const letter = String.fromCharCode(unit);
    if (/[0-9]/.test(letter)) return DIGIT;
    if (/[A-Za-z]/.test(letter)) return LATIN;
    return kind === LETTER ? FOREIGN : NONE;
  });
  return made;
}

/** Finds the tokens of a text that was read for ids. */
export function tokensOf(text: string): Tokens {
  const kindOf = kinds();
  const starts: number[] = [];
  const ends: number[] = [];
  const digits: number[] = [];
  const leads: number[] = [];
  // The last word, if it was of few Latin letters.
  let word = 0;
  let wordEnd = -2;
  let index = 0;
  while (index < text.length) {
    const start = index;
    let kind = kindOf[text.charCodeAt(index)] ?? NONE;
    let seen = 0;
    while (kind !== NONE) {
      seen |= 1 << kind;
      index += 1;
      kind = kindOf[text.charCodeAt(index)] ?? NONE;
    }
    if ((seen & (1 << DIGIT)) !== 0 && (seen & (1 << FOREIGN)) === 0) {
      starts.push(start);
      ends.push(index);
      digits.push(seen === 1 << DIGIT ? 1 : 0);
      leads.push(wordEnd === start - 1 && isSign(text.charCodeAt(wordEnd)) ? word : 0);
    } else if (seen === 1 << LATIN) {
      word = index - start > LEAD_MAX ? 0 : index - start;
      wordEnd = index;
    }
    index += 1;
  }
  return {
    count: starts.length,
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    digits: Uint8Array.from(digits),
    leads: Uint8Array.from(leads),
  };
}

const LEAD_MAX = 6;

function isSign(unit: number): boolean {
  return unit === 0x20 || unit === 0x2d || unit === 0x2e || unit === 0x09;
}
