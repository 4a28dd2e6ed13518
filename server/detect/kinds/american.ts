// Owns the detectors of the United States: Social Security numbers and Individual Taxpayer Identification Numbers.

import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import type { Layout } from '../numbers.ts';
import { list } from '../word-list.ts';

const ssnWords = list(`
ssn, ssns, ss#, ss number, ss no, soc sec, soc sec no, soc. sec., social security, social security no, social security number, social security numbers, social sec, socialsecurity, socialsecuritynumber
my social is, her social is, his social is, your social, taxpayer id, taxpayer identification, tax id, tax identification, TIN, w-2, w2, w-4, w-9, w9, i-9, 1099, irs, payroll
numero de seguro social, numero de seguridad social, seguro social, seguridad social
`);

const itinWords = list(`
itin, itins, individual taxpayer, individual taxpayer identification number, taxpayer id, taxpayer identification, taxpayer identification number, tax id, TIN, w-7, w7, w-9, w9, irs, 1040, 1040nr
tax return, nonresident alien, numero de identificacion personal del contribuyente, identificacion del contribuyente, numero de contribuyente, contribuyente
`);

// Dashes in these places are this number's own; blanks, dots and bare digits are anybody's.
const layouts: readonly Layout[] = [
  { sizes: [3, 2, 4], between: '--', speaks: true },
  { sizes: [3, 2, 4] },
  { sizes: [9] },
];

export const usSsn: Detector = {
  title: 'US Social Security numbers',
  looksFor: 'nine digits, as 3-2-4 or bare',
  check: 'no check digit; areas, groups and serials that are never issued are left out',
  evidence: 'wanted unless written with dashes; a word for another number before it speaks against it',
  words: [ssnWords],
  find: numbersBy({ layouts, isValid: isSsn, words: ssnWords, shown: 2 }),
};

// Numbers that stood in print and belong to nobody.
const PRINTED = ['078051120', '219099999', '111111111', '123121234'];

// Social Security Administration, POMS RM 10201.035: no area 000, 666 or 900 to 999, no group 00, no serial 0000.
function isSsn(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits) && !PRINTED.includes(digits);
}

export const usItin: Detector = {
  title: 'US taxpayer identification numbers (ITIN)',
  looksFor: 'nine digits that begin with 9, as 3-2-4 or bare',
  check: 'no check digit; the fourth and fifth digits are in the ranges that are issued',
  evidence: 'wanted unless written with dashes; a word for another number before it speaks against it',
  words: [itinWords],
  find: numbersBy({ layouts, isValid: isItin, words: itinWords, shown: 2 }),
};

// Internal Revenue Manual 3.21.263: 50 to 65, 70 to 88, 90 to 92, 94 to 99.
function isItin(digits: string): boolean {
  return /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}$/.test(digits);
}
