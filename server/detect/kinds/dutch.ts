// Owns the detector of the Netherlands: the citizen service number (BSN).

import { weighted } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const words = list(`
bsn, bsn-nummer, bsn nummer, bsnnummer, bsn nr, burgerservicenummer, burger service nummer, sofinummer, sofi-nummer, sofi nummer, sofi, persoonsnummer, digid, belastingdienst, loonheffing*, zorgverzekering, verzekerde, rsin, citizen service number, fiscaal nummer
`);

export const nlBsn: Detector = {
  title: 'Dutch citizen service numbers (BSN)',
  looksFor: 'nine digits, bare or in groups, or eight with the first nought left out',
  check: 'the test of eleven',
  evidence: 'wanted',
  words: [words],
  find: numbersBy({
    layouts: [{ sizes: [9] }, { sizes: [3, 3, 3] }, { sizes: [4, 2, 3] }, { sizes: [2, 3, 4] }, { sizes: [8] }],
    isValid: isBsn,
    words,
    shown: 2,
  }),
};

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];

// Besluit burgerservicenummer; the last digit counts against the others.
function isBsn(given: string): boolean {
  const digits = given.padStart(WEIGHTS.length, '0');
  return weighted(digits, WEIGHTS) % 11 === 0 && !/^(\d)\1+$/.test(digits) && !digits.startsWith('00');
}
