// Owns the detectors of the United Kingdom: National Insurance numbers and NHS numbers.

import { digitAt, weighted } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const ninoWords = list(`
nino, ninumber, nationalinsurancenumber, NI, ni no, ni number, ni num, nin, national insurance, national insurance no, national insurance number, nat ins, nat ins no, insurance number, hmrc, paye, payroll, p45, p60, p11d, universal credit, dwp
`);

// HMRC, National Insurance Manual NIM39110: letters that are never used, and prefixes that are not given.
const NINO =
  /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]([ .-]?)(?:\d{6}|\d{2}\1\d{2}\1\d{2})(?:[ .-]?[A-D])?/i;
const NINO_SPEAKS = /^[A-Z]{2}\W?\d{2}\W?\d{2}\W?\d{2}\W?[A-D]$/;

export const ukNino: Detector = {
  title: 'UK National Insurance numbers',
  looksFor: 'two letters, six digits and a letter from A to D',
  check: 'no check digit; letters and prefixes that are never given are left out',
  evidence: 'wanted without the last letter or in small letters; a word for another number before it speaks against it',
  words: [ninoWords],
  find: idsBy({
    shape: NINO,
    first: [4, 8, 9],
    leads: [2],
    valueOf: (matched) => matched.replace(/\W/g, '').toUpperCase().slice(0, 8),
    words: ninoWords,
    speaks: (matched) => NINO_SPEAKS.test(matched),
    shown: 1,
  }),
};

const nhsWords = list(`
nhs, nhs no, nhs number, nhs num, nhsno, nhsnumber, national health service, patient, patients, patient id, patient no, patient number, hospital no, hospital number, chi number, chi no, h&c number, health and care number
gp, gp surgery, surgery, ward, clinic, dob, date of birth, referral, consultant, mrn
`);

export const ukNhsNumber: Detector = {
  title: 'UK NHS numbers',
  looksFor: 'ten digits, as 3-3-4 or bare',
  check: 'modulus 11',
  evidence: 'wanted',
  words: [nhsWords],
  find: numbersBy({
    layouts: [{ sizes: [3, 3, 4] }, { sizes: [10] }],
    isValid: isNhsNumber,
    words: nhsWords,
    shown: 2,
  }),
};

const NHS_WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2];

// NHS Data Dictionary, NHS NUMBER: eleven counts as nought, ten is never given.
function isNhsNumber(digits: string): boolean {
  const check = 11 - (weighted(digits, NHS_WEIGHTS) % 11);
  return check % 11 === digitAt(digits, 9) && check !== 10 && !/^(\d)\1+$/.test(digits);
}
