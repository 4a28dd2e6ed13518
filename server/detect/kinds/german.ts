// Owns the detectors of Germany: tax identification numbers and social security numbers.

import { digitAt, isDayOf, isMod1110 } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const taxWords = list(`
steuer-id, steuerid, steuer id, steuer-idnr, steueridnr, steuer-identifikationsnummer, steueridentifikationsnummer, steuerliche identifikationsnummer, identifikationsnummer, identnummer, idnr, id-nr, idnummer, steuernummer, steuernr, steuer-nr
steuerid-nr, steuerliche id, finanzamt, bundeszentralamt für steuern, bzst, elster, lohnsteuer*, lohnsteuerabzug, elstam, einkommensteuer*, steuererklarung, steuerbescheid, freistellungsauftrag, kindergeld, tin, tax id, tax id number, tax identification number, tax number, taxpayer id
`);

export const deTaxId: Detector = {
  title: 'German tax identification numbers',
  looksFor: 'eleven digits, as 2-3-3-3 or bare',
  check: 'ISO 7064 MOD 11,10; one digit comes twice or three times among the first ten, all others once at most',
  evidence: 'wanted unless written as 2-3-3-3 with blanks',
  words: [taxWords],
  find: numbersBy({
    layouts: [{ sizes: [2, 3, 3, 3], between: '   ', speaks: true }, { sizes: [2, 3, 3, 3] }, { sizes: [11] }],
    isValid: isTaxId,
    words: taxWords,
    shown: 2,
  }),
};

// Bundeszentralamt für Steuern: since 2016 a digit may come three times, but not three times in a row.
function isTaxId(digits: string): boolean {
  if (digits.startsWith('0') || !isMod1110(digits)) return false;
  const first = digits.slice(0, 10);
  const counts = Array.from({ length: 10 }, (_, digit) => first.split(String(digit)).length - 1);
  const again = counts.filter((count) => count > 1);
  return again.length === 1 && (again[0] ?? 0) <= 3 && !/(\d)\1\1/.test(first);
}

const socialWords = list(`
sozialversicherungsnummer, sozialversicherungsnr, sozialversicherungs-nr, sozialversicherung, sv-nummer, sv-nr, svnr, sv nummer, sv nr, rv nr, rv nummer, sozialversicherungs nr, rentenversicherungsnummer, rentenversicherungsnr, rv-nummer, rvnr, rv-nr, versicherungsnummer, versicherungs-nr, versicherungsnr, vsnr
rentenversicherung, deutsche rentenversicherung, drv, social security number, pension insurance number, insurance number, sozialversicherungsausweis
`);

const SOCIAL = /\d{2}([ -]?)\d{6}\1[A-Z]\1\d{3}|\d{2}[ -]?\d{2}[ .-]?\d{2}[ .-]?\d{2}[ -]?[A-Z][ -]?\d{2}[ -]?\d/i;

export const deSocialSecurity: Detector = {
  title: 'German social security numbers',
  looksFor: 'area, birthday, the first letter of the name at birth, serial and check digit: twelve places',
  check: 'weighted cross sums modulo 10; the area and the day of birth can be',
  evidence: 'wanted in small letters alone',
  words: [socialWords],
  find: idsBy({
    shape: SOCIAL,
    first: [2, 8, 9, 12],
    valueOf: socialNumber,
    words: socialWords,
    speaks: (matched) => /[A-Z]/.test(matched),
    shown: 2,
  }),
};

const SOCIAL_WEIGHTS = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
const AREA_MAX = 89;
const LETTER_PLACE = 8;

// Verordnung über die Vergabe der Versicherungsnummer (VKVV), section 2.
function socialNumber(matched: string): string | undefined {
  const value = matched.replace(/\W/g, '').toUpperCase();
  const [area, day, month] = [Number(value.slice(0, 2)), Number(value.slice(2, 4)), Number(value.slice(4, 6))];
  if (area < 2 || area > AREA_MAX) return undefined;
  // Fifty is added where the serial numbers of a birthday ran out.
  if (!isDayOf(day > 50 ? day - 50 : day, month) && !isUnknownBirthday(day, month)) return undefined;
  const letter = String(value.charCodeAt(LETTER_PLACE) - 0x40).padStart(2, '0');
  const digits = value.slice(0, LETTER_PLACE) + letter + value.slice(LETTER_PLACE + 1);
  const sum = SOCIAL_WEIGHTS.reduce((sum, weight, at) => sum + crossSum(weight * digitAt(digits, at)), 0);
  return sum % 10 === digitAt(digits, 12) ? value : undefined;
}

function isUnknownBirthday(day: number, month: number): boolean {
  return day === 0 && month >= 0 && month <= 12;
}

function crossSum(product: number): number {
  return Math.floor(product / 10) + (product % 10);
}
