// Owns the detector of Canada: Social Insurance Numbers.

import { isLuhn } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const words = list(`
SIN, SINs, S.I.N., SIN#, sin #, sin no, sin number, my sin is, social insurance, social insurance no, social insurance number, social insurance #, social ins, NAS, N.A.S., assurance sociale, numero d'assurance sociale, no d'assurance sociale, cra, canada revenue agency, revenue canada, service canada, agence du revenu, t4, t4a, td1, ROE, record of employment
`);

export const caSin: Detector = {
  title: 'Canadian Social Insurance Numbers',
  looksFor: 'nine digits, as 3-3-3 or bare',
  check: 'Luhn; the first digit is neither 0 nor 8',
  evidence: 'wanted',
  words: [words],
  find: numbersBy({ layouts: [{ sizes: [3, 3, 3] }, { sizes: [9] }], isValid: isSin, words, shown: 2 }),
};

function isSin(digits: string): boolean {
  return !/^[08]|^(\d)\1+$/.test(digits) && isLuhn(digits);
}
