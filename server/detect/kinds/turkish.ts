// Owns the detector of Turkey: the identification number of citizens (TCKN).

import { digitAt } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const words = list(`
tckn, tckimlik, tckimlikno, tc kimlik, tc kimlik no, t.c. kimlik, t.c. kimlik no, tc kimlik numarasi, t.c. kimlik numarasi, kimlik, kimlik no, kimlik numarasi, kimlik numaram, tc no, t.c. no, tcno, tc, t.c., nufus, nufus cuzdani, vatandaslik no, vatandaslik numarasi, tc nolu, kimlik nolu, hasta, sgk, sigortali
turkish id, turkish national id, turkish identification number, turkish identity number, identity number
`);

export const trTckn: Detector = {
  title: 'Turkish identification numbers (TCKN)',
  looksFor: 'eleven digits that do not begin with 0',
  check: 'both check digits',
  evidence: 'wanted',
  words: [words],
  find: numbersBy({ layouts: [{ sizes: [11] }, { sizes: [3, 3, 3, 2] }], isValid: isTckn, words, shown: 2 }),
};

// The tenth digit checks the nine before it, the eleventh all ten.
function isTckn(digits: string): boolean {
  if (digits.startsWith('0')) return false;
  const sumAt = (places: readonly number[]): number => places.reduce((sum, at) => sum + digitAt(digits, at), 0);
  const [odd, even] = [sumAt([0, 2, 4, 6, 8]), sumAt([1, 3, 5, 7])];
  const tenth = (odd * 7 - even) % 10;
  return (tenth + 10) % 10 === digitAt(digits, 9) && (odd + even + digitAt(digits, 9)) % 10 === digitAt(digits, 10);
}
