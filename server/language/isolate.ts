// Owns keeping a name or an address in one piece within a sentence of the other direction (Unicode Standard Annex 9,
// section 2.7). Pure.

import type { Direction } from './languages.ts';

const RIGHT_TO_LEFT_ISOLATE = '\u2067';
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const ANY_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const ANY_LETTER = /\p{L}/u;
const ISOLATED = /\u2068[^\u2067-\u2069]*\u2069/g;

/** The same text, within isolates when it could change the order of the words around it. */
export function isolated(text: string, around: Direction): string {
  const couldTurn = around === 'rtl' ? ANY_LETTER_OR_DIGIT.test(text) : RIGHT_TO_LEFT.test(text);
  if (!couldTurn) return text;
  const initiator = around === 'rtl' && isOfIsolates(text) ? RIGHT_TO_LEFT_ISOLATE : FIRST_STRONG_ISOLATE;
  return `${initiator}${text}${POP_DIRECTIONAL_ISOLATE}`;
}

// The first strong letter is looked for outside of isolates (section 3.3.2, P2): where there is none, such as in a day and a
// time side by side, they would be put in order from left to right.
function isOfIsolates(text: string): boolean {
  return text.startsWith(FIRST_STRONG_ISOLATE) && !ANY_LETTER.test(text.replace(ISOLATED, ''));
}
