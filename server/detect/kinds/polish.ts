// Owns the detector of Poland: the number of the population register (PESEL).

import { isDayOf, weighted } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const words = list(`
pesel, nr pesel, numer pesel, pesel nr, pesele, peselu, numer ewidencyjny, ewidencyjny, data urodzenia, urodzony, urodzona, ur., dowod osobisty, dowod, dowodu, pacjent, pacjentka, pacjenta, pacjentki, ubezpieczony, ubezpieczona, ubezpieczonego, zus, nfz, zamieszkaly, zamieszkala, pracownik, pracownika
polish national id, national identification number
`);

export const plPesel: Detector = {
  title: 'Polish population register numbers (PESEL)',
  looksFor: 'eleven digits that begin with a birthday',
  check: 'weights 1, 3, 7, 9 modulo 10; the day of birth can be',
  evidence: 'wanted',
  words: [words],
  find: numbersBy({ layouts: [{ sizes: [11] }, { sizes: [6, 5] }], isValid: isPesel, words, shown: 2 }),
};

const WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];

// The month carries the century: 80 for 1800, nothing for 1900, 20 for 2000 and so on.
function isPesel(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20;
  const day = Number(digits.slice(4, 6));
  return isDayOf(day, month) && weighted(digits, WEIGHTS) % 10 === 0;
}
