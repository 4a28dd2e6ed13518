// Owns the detectors of India: Aadhaar and Permanent Account Numbers.

import { isVerhoeff } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const aadhaarWords = list(`
aadhaar, aadhar, aadhaarno, aadhaarnumber, aadharnumber, adhaar, adhar, aadhaar no, aadhaar number, aadhar no, aadhar number, aadhaar card, uid, uid no, uidai, e-aadhaar, eaadhaar, ekyc, e-kyc, kyc, enrolment, आधार, आधार संख्या, आधार नंबर, आधार कार्ड, ஆதார், ఆధార్, ಆಧಾರ್, ആധാർ, আধার, આધાર, ਆਧਾਰ
`);

export const inAadhaar: Detector = {
  title: 'Indian Aadhaar numbers',
  looksFor: 'twelve digits that do not begin with 0 or 1, as 4-4-4 or bare',
  check: 'Verhoeff',
  evidence: 'wanted',
  words: [aadhaarWords],
  find: numbersBy({
    layouts: [{ sizes: [4, 4, 4] }, { sizes: [12] }],
    isValid: (digits) => !/^[01]|^(\d)\1+$/.test(digits) && isVerhoeff(digits),
    words: aadhaarWords,
    shown: 4,
  }),
};

const panWords = list(`
PAN, PANs, pannumber, panno, pancard, PAN#, PAN no, pan no, pan number, pan card, pan card no, pan no., pan details, permanent account, permanent account no, permanent account number, income tax, income-tax, itr, itr-1, tds, tcs, form 16, form 16a, form 26as, form 60, assessee, deductee, deductor, kyc, nsdl, utiitsl, demat, gst, gstin, mutual fund, पैन, पैन कार्ड, पैन नंबर, स्थायी खाता संख्या, आयकर
`);

// The fourth letter says whose number it is: a person's, a company's, a trust's (Income Tax Department).
const PAN = /[A-Z]{3}[ABCEFGHJKLPT][A-Z]\d{4}[A-Z]/i;

export const inPan: Detector = {
  title: 'Indian Permanent Account Numbers',
  looksFor: 'five letters, four digits and a letter',
  check: 'no check digit that is known; the fourth letter names a kind of holder',
  evidence: 'wanted',
  words: [panWords],
  find: idsBy({
    shape: PAN,
    first: [10],
    valueOf: (matched) => matched.toUpperCase(),
    words: panWords,
    shown: 1,
  }),
};
