// Owns whether a number stands on its own in a text, or is a piece of something else: of a longer number, a decimal, a
// telephone number, an amount, an address. It looks at the letters beside it alone, never at words.

import type { Scan } from './detector.ts';

/** `apart`: on its own. `joined`: something touches it, so that it may be another thing's. `part`: it is another thing's. */
export type Standing = 'apart' | 'joined' | 'part';

const PHONE_LETTERS = 16;
const PHONE_OR_MONEY_BEFORE = /\+[\d() ./-]*$|[$€£¥₹]\s$/;
const UNIT_LETTERS = 12;
const UNIT_AFTER =
  /^\s?(?:bytes?|[kmgt]i?b|bits?|eur|usd|gbp|chf|inr|brl|ms|µs|ns|sec|px|hz|rows|km|kg|pcs|stk)(?![a-z0-9])|^[€$£¥₹%°]|^\s[€$£¥₹%°](?!\d)/i;

/** How the number between these places stands; no letter or digit touches it. */
export function standingOf(scan: Scan, start: number, end: number): Standing {
  const { ids } = scan;
  const left = leftOf(ids, start);
  if (left === 'part') return 'part';
  const right = rightOf(ids, end);
  if (right === 'part' || scan.isInUrl(start)) return 'part';
  if (PHONE_OR_MONEY_BEFORE.test(ids.slice(Math.max(0, start - PHONE_LETTERS), start))) return 'part';
  if (UNIT_AFTER.test(ids.slice(end, end + UNIT_LETTERS))) return 'part';
  return left === 'joined' || right === 'joined' ? 'joined' : 'apart';
}

const DIGIT = /^\d$/;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;

function leftOf(ids: string, start: number): Standing {
  const sign = ids.charAt(start - 1);
  const before = ids.charAt(start - 2);
  if (sign === '' || /\s/.test(sign)) return 'apart';
  if ('+$€£¥₹@*•×%\\_^'.includes(sign)) return 'part';
  if ('#&?~'.includes(sign)) return 'joined';
  if (sign === ':') return DIGIT.test(before) ? 'joined' : 'apart';
  if (sign === '.') return DIGIT.test(before) ? 'part' : 'apart';
  if (sign !== '-' && sign !== '/') return 'apart';
  if (!LETTER_OR_DIGIT.test(before)) return 'apart';
  // A code like INV2024-… or 9c1b-…: what it is joined to has a digit near.
  return /\d/.test(ids.slice(Math.max(0, start - 5), start)) ? 'part' : 'joined';
}

function rightOf(ids: string, end: number): Standing {
  const sign = ids.charAt(end);
  const after = ids.charAt(end + 1);
  if (sign === '' || /\s/.test(sign)) return 'apart';
  if ('@%*•°×_^\\$€£'.includes(sign)) return 'part';
  if (!LETTER_OR_DIGIT.test(after)) return 'apart';
  if (sign === '.' || sign === '-') return DIGIT.test(after) ? 'part' : 'joined';
  return '/:+#&=~'.includes(sign) ? 'joined' : 'apart';
}
