// Owns keeping a name or an address in one piece within a sentence of the other direction (Unicode Standard Annex 9,
// section 2.7). Pure.

import type { Direction } from './languages.ts';

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const ANY_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** The same text, within isolates when it could change the order of the words around it. */
export function isolated(text: string, around: Direction): string {
  const couldTurn = around === 'rtl' ? ANY_LETTER_OR_DIGIT.test(text) : RIGHT_TO_LEFT.test(text);
  return couldTurn ? `${FIRST_STRONG_ISOLATE}${text}${POP_DIRECTIONAL_ISOLATE}` : text;
}
