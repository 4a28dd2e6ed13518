// Owns the detector of international bank account numbers.

import { modulo97 } from '../checksums.ts';
import type { Detector, Scan } from '../detector.ts';
import { standingOf } from '../surroundings.ts';
import { ibanLengths } from './iban-lengths.ts';

export const iban: Detector = {
  title: 'Bank account numbers (IBAN)',
  looksFor: 'account numbers of all countries in the IBAN registry, in groups or without blanks',
  check: 'mod 97 (ISO 7064), the length of the country',
  evidence: 'not wanted',
  words: [],
  find: (scan, found) => {
    const { tokens } = scan;
    let done = 0;
    for (let at = 0; at < tokens.count; at += 1) {
      const start = startAt(scan, tokens.starts[at] ?? 0);
      if (start === undefined || start < done) continue;
      // A nought for an O may spoil a letter that belongs there.
      const hit = ibanAt(scan.latin, start) ?? ibanAt(scan.ids, start);
      if (hit === undefined || standingOf(scan, start, hit.end) === 'part') continue;
      done = hit.end;
      found({ ...hit, start, shown: 2 });
    }
  },
};

const COUNTRY = /^[a-z]{2}\d{2}/i;
const COUNTRY_APART = /^[A-Z]{2}[ \t]\d{2}/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

// The country's letters stand at the digits, or a blank before them.
function startAt({ ids }: Scan, token: number): number | undefined {
  if (COUNTRY.test(ids.slice(token, token + 4))) return token;
  const apart = token - 3;
  if (apart < 0 || !COUNTRY_APART.test(ids.slice(apart, token + 2))) return undefined;
  return LETTER_OR_DIGIT.test(ids.charAt(apart - 1)) ? undefined : apart;
}

const SIGNS = ' -.\t';
const LENGTH_MAX = 33 * 2;
const SPELLED: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', (letter, at) => [letter, String(at + 10)]),
);

function ibanAt(ids: string, start: number): { readonly value: string; readonly end: number } | undefined {
  const wanted = ibanLengths.get(ids.slice(start, start + 2).toUpperCase());
  if (wanted === undefined) return undefined;
  const written = lettersFrom(ids, start, wanted);
  if (written === undefined) return undefined;
  const [value, check] = [written.value.toUpperCase(), Number(written.value.slice(2, 4))];
  // ISO 13616: 98 less the remainder, so never 00, 01 or 99.
  if (check < 2 || check > 98) return undefined;
  const spelled = (value.slice(4) + value.slice(0, 4)).replace(/[A-Z]/g, (letter) => SPELLED[letter] ?? '');
  return modulo97(spelled) === 1 ? { value, end: written.end } : undefined;
}

// As many letters and digits, single signs between them, and one break of a line.
function lettersFrom(
  ids: string,
  start: number,
  wanted: number,
): { readonly value: string; readonly end: number } | undefined {
  let [value, at, breaks] = ['', start, 0];
  let signs = 0;
  while (value.length < wanted && at < start + LENGTH_MAX) {
    const letter = ids.charAt(at);
    if (/^[A-Za-z0-9]$/.test(letter)) {
      value += letter;
      signs = 0;
    } else if (letter === '\n' || letter === '\r') {
      breaks += letter === '\n' ? 1 : 0;
      signs += 1;
    } else {
      if (!SIGNS.includes(letter) || letter === '') return undefined;
      signs += 1;
    }
    if (signs > 2 || breaks > 1) return undefined;
    at += 1;
  }
  if (value.length < wanted || LETTER_OR_DIGIT.test(ids.charAt(at))) return undefined;
  return { value, end: at };
}
