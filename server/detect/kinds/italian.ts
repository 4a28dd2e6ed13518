// Owns the detector of Italy: the tax code (codice fiscale).

import { isDayOf } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { list } from '../word-list.ts';

const words = list(`
codice fiscale, codicefiscale, cod. fisc., cod fisc, cod. fiscale, cf, c.f., tessera sanitaria, agenzia delle entrate, fiscale, tax code, italian tax code, nato a, nata a, residente
`);

// Sixteen places; seven of them are digits, or the letters that stand for digits when two people would have one code.
const CODE = /[A-Z]{3}[ -]?[A-Z]{3}[ -]?[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[ -]?[A-Z][\dL-NP-V]{3}[ -]?[A-Z]/i;

export const itCodiceFiscale: Detector = {
  title: 'Italian tax codes (codice fiscale)',
  looksFor:
    'sixteen letters and digits: name, birthday, sex, place and check letter, with letters for digits (omocodia) as well',
  check: 'check letter; the day of birth can be',
  evidence: 'wanted in small letters; a word for another number before it speaks against it',
  words: [words],
  find: idsBy({
    shape: CODE,
    first: [8, 11, 13, 16],
    leads: [3, 6],
    valueOf: code,
    words,
    speaks: (matched) => !/[a-z]/.test(matched),
    shown: 1,
  }),
};

// Decreto ministeriale 23 December 1976: what a letter or digit counts in odd places.
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const MONTHS = 'ABCDEHLMPRST';
const FOR_DIGITS = 'LMNPQRSTUV';
const WOMEN = 40;

function code(matched: string): string | undefined {
  const value = matched.toUpperCase().replace(/\W/g, '');
  const day = Number(value.slice(9, 11).replace(/[A-Z]/g, (letter) => String(FOR_DIGITS.indexOf(letter))));
  if (!isDayOf(day > WOMEN ? day - WOMEN : day, MONTHS.indexOf(value.charAt(8)) + 1)) return undefined;
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const place = placeOf(value.charCodeAt(at));
    sum += at % 2 === 0 ? (ODD[place] ?? 0) : place;
  }
  return sum % 26 === placeOf(value.charCodeAt(15)) ? value : undefined;
}

// A and 0 are the first, B and 1 the second.
function placeOf(unit: number): number {
  return unit < 0x41 ? unit - 0x30 : unit - 0x41;
}
