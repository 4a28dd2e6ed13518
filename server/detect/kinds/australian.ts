// Owns the detectors of Australia: tax file numbers and Medicare cards.

import { digitAt, weighted } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const tfnWords = list(`
tfn, tfns, t.f.n, t.f.n., taxfilenumber, tfnnumber, tax file, tax file no, tax file number, taxfile, tax file numbers, ato, australian taxation office, payg, super fund, superannuation, smsf, tax return, withholding declaration
`);

export const auTfn: Detector = {
  title: 'Australian tax file numbers',
  looksFor: 'nine digits, as 3-3-3 or bare, or eight of an older number',
  check: 'weights modulo 11',
  evidence: 'wanted',
  words: [tfnWords],
  find: numbersBy({
    layouts: [{ sizes: [3, 3, 3] }, { sizes: [9] }, { sizes: [2, 3, 3] }, { sizes: [3, 3, 2] }, { sizes: [8] }],
    isValid: isTfn,
    words: tfnWords,
    shown: 2,
  }),
};

const TFN_WEIGHTS = [1, 4, 3, 7, 5, 8, 6, 9, 10];
const OLD_TFN_WEIGHTS = [10, 7, 8, 4, 6, 3, 5, 1];

function isTfn(digits: string): boolean {
  const sum = weighted(digits, digits.length === OLD_TFN_WEIGHTS.length ? OLD_TFN_WEIGHTS : TFN_WEIGHTS);
  return sum % 11 === 0 && !/^(\d)\1+$/.test(digits);
}

const medicareWords = list(`
medicare, medicareno, medicarenumber, medicare no, medicare number, medicare card, medicare card no, medicare card number, medicare #, medicare australia, irn, individual reference number, bulk bill, bulk billed, bulk billing, services australia, mbs, pbs, card expiry, patient, patients, dva
`);

export const auMedicare: Detector = {
  title: 'Australian Medicare card numbers',
  looksFor: 'ten digits, as 4-5-1 or bare, and the place on the card as an eleventh',
  check: 'weights modulo 10; the first digit is from 2 to 6',
  evidence: 'wanted',
  words: [medicareWords],
  find: numbersBy({
    layouts: [
      { sizes: [4, 5, 1, 1] },
      { sizes: [4, 5, 1, 1], between: '  -' },
      { sizes: [4, 5, 1, 1], between: '  /' },
      { sizes: [4, 5, 1] },
      { sizes: [4, 5, 2] },
      { sizes: [10, 1], between: '-' },
      { sizes: [10, 1], between: '/' },
      { sizes: [10] },
      { sizes: [11] },
    ],
    isValid: isMedicare,
    words: medicareWords,
    shown: 2,
  }),
};

const MEDICARE_WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9];

// The ninth digit checks the eight before it; the tenth counts the cards that were issued.
function isMedicare(digits: string): boolean {
  if (!/^[2-6]\d{8}[1-9][1-9]?$/.test(digits)) return false;
  return weighted(digits, MEDICARE_WEIGHTS) % 10 === digitAt(digits, 8);
}
