// Owns the detector of passports: numbers that a word names, and the lines that a machine reads, which name themselves.

import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { list } from '../word-list.ts';
import { machineLineAt } from './machine-line.ts';

const words = list(`
passport, passports, passport no, passport nos, passport number, passport numbers, passport nr, passport #, passport num, passportno, passportnumber, travel document, travel document no, travel document number
reisepass, reisepasses, reisepassnummer, reisepass-nr, reisepassnr, passnummer, pass-nr, passnr, pass nr, pass-nummer, nummer des passes
passeport, passeports, numero de passeport, pasaporte, pasaportes, numero de pasaporte, passaporto, passaporti, numero passaporto, passaporte, passaportes, numero do passaporte
paspoort, paspoortnummer, paspoortnr, paszport, paszportu, paszporty, numer paszportu, nr paszportu, pasaport, pasaport no, pasaport numarasi, pasaportu
паспорт*, загранпаспорт*, διαβατηριο, διαβατηριου, דרכון, מספר דרכון, הדרכון, جواز سفر, جواز السفر, رقم الجواز, パスポート, 旅券, 旅券番号, 护照, 護照, 护照号, 여권*, पासपोर्ट
passnummer, pas, pasnummer, pasnr, cestovni pas, cislo pasu, utlevel, utlevelszam, passi, passin numero
`);

// How countries number their passports. Without a word near by they are anybody's numbers.
const SHAPES = [
  String.raw`\d{9}`, // United States, United Kingdom, Denmark, Romania
  String.raw`(?!(?:19|20)\d\d(?:0[1-9]|1[0-2]))(?![0-3]\d(?:0\d|1[0-2])(?:19|20)\d\d)\d{8}`, // Sweden, Norway, Hungary's numbers; no dates
  String.raw`[A-Z] ?\d{8}`, // United States since 2021, Turkey, China, Korea
  String.raw`[A-Z] ?\d{7}[A-Z]?`, // India, Australia, Austria, Singapore
  String.raw`[A-Z]{2} ?\d{7}`, // Italy, Poland, Japan, Hungary, Ireland
  String.raw`[A-Z]{2} ?\d{6}`, // Canada, Brazil, Belgium, Ukraine
  String.raw`[A-Z]{3} ?\d{6}`, // Spain
  String.raw`\d{2}[A-Z]{2}\d{5}`, // France
  String.raw`[A-Z]\d{6}[A-Z]{2}`, // Canada since 2023
  String.raw`[A-Z]\d{6}`, // Portugal
  String.raw`[CFGHJK](?=[A-Z]*\d)[0-9CFGHJKLMNPRTVWXYZ]{8}`, // Germany
  String.raw`[A-NP-Z]{2}(?=[A-Z]*\d)[0-9A-NP-Z]{6}\d`, // Netherlands
  String.raw`\d{2} ?\d{7}`, // Russia, for abroad
  String.raw`\d{2} ?\d{2} (?:[^\s\d]{1,5} )?\d{6}`, // Russia, at home: series and number
];

const byWords = idsBy({
  shape: new RegExp(`(?:${SHAPES.join('|')})(?![A-Za-z0-9])`),
  first: [2, 4, 7, 8, 9, 10],
  leads: [1, 2, 3],
  valueOf: (matched) => matched.replace(/\W/g, ''),
  words,
  shown: 2,
});

export const passport: Detector = {
  title: 'Passport numbers',
  looksFor: 'numbers in the shapes of some thirty countries, and the second machine-readable line of a passport',
  check: 'the four check digits of a machine-readable line; a shape alone for numbers',
  evidence: 'wanted for numbers, not for machine-readable lines',
  words: [words],
  find: (scan, found) => {
    byWords(scan, found);
    const { tokens } = scan;
    for (let at = 0; at < tokens.count; at += 1) {
      const line = machineLineAt(scan.ids, tokens.starts[at] ?? 0, tokens.ends[at] ?? 0);
      if (line !== undefined) found({ ...line, masked: `${'•'.repeat(9)}<` });
    }
  },
};
