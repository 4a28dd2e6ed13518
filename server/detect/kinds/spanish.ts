// Owns the detector of Spain: identity numbers of citizens (DNI) and of foreigners (NIE).

import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { list } from '../word-list.ts';

const words = list(`
dni, d.n.i., nie, n.i.e., nif, n.i.f., nif/nie, documento nacional de identidad, documento de identidad, documento, numero de identidad, identidad, identificacion, numero de identificacion, identificacion fiscal, cif, numero fiscal, numero de extranjero, identidad de extranjero
tarjeta de residencia, titular, contribuyente, id number, national id, tax id, identity card
`);

const DNI = /(?:\d{1,2}\.\d{3}\.\d{3}|\d{8}|[XYZ][ .-]?\d{7}|[XYZ][ .-]?\d\.\d{3}\.\d{3})[ .-]{0,3}[A-Z]/i;

export const esDniNie: Detector = {
  title: 'Spanish identity numbers (DNI, NIE)',
  looksFor: 'eight digits and a letter, or X, Y or Z, seven digits and a letter',
  check: 'check letter modulo 23',
  evidence:
    'wanted in small letters or with a blank before the letter; a word for another number before it speaks against it',
  words: [words],
  find: idsBy({
    shape: DNI,
    first: [1, 2, 8, 9],
    leads: [1],
    valueOf: dni,
    words,
    speaks: (matched) => /^[A-Z\d.-]+$/.test(matched),
    shown: 1,
  }),
};

const LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

// Real Decreto 1553/2005; X, Y and Z count as 0, 1 and 2.
function dni(matched: string): string | undefined {
  const value = matched.toUpperCase().replace(/\W/g, '');
  const digits = value.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  if (/^0+$/.test(digits)) return undefined;
  return LETTERS.charAt(Number(digits) % 23) === value.slice(-1) ? value : undefined;
}
