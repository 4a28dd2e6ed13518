// Owns the detector of health data: illnesses and treatments that are said of somebody, and codes of the international
// classification of diseases.

import type { Detector, Scan } from '../detector.ts';
import { evidenceOf, isNear } from '../evidence.ts';
import { maskedWord } from '../mask.ts';
import { standingOf } from '../surroundings.ts';
import { codeWords, conditions, general, persons, stricken } from './health-words.ts';

export const healthTerms: Detector = {
  title: 'Health data',
  looksFor:
    'illnesses, conditions and treatments in thirteen languages and more, and ICD-10 codes; each distinct one counts',
  check: 'whole words; codes in the ranges of the ICD-10 chapters',
  evidence:
    'wanted: for words, that somebody has it (patient, diagnosed, treated for …) and it is not spoken of in general; for codes, that it is a diagnosis',
  words: [conditions, persons, stricken, general, codeWords],
  find: (scan, found) => {
    const { starts, ends } = scan.wordsIn(conditions);
    starts.forEach((start, at) => {
      const end = ends[at] ?? start;
      if (!isNear(scan, persons, start, end) || isName(scan.text, start)) return;
      // What is spoken of in general is nobody's, unless somebody is named as having it.
      if (isNear(scan, general, start, end) && !isNear(scan, stricken, start, end)) return;
      const word = scan.text.slice(start, end);
      found({ value: word.toLowerCase().replace(/\s+/g, ' '), start, end, masked: maskedWord(word) });
    });
    findCodes(scan, found);
  },
};

/** "Herr Krebs", "Ms Asma Khan": what stands behind a title, and a given name perhaps, is a name. */
const TITLED =
  /(?:^|[^\p{L}])(?:mr|mrs|ms|miss|dr|prof|herrn?|frau|mme|madame|monsieur|sra?|se[nñ]ora?|signora?|mevrouw|meneer|dhr|pani?)\.? (?:\p{L}[\p{L}-]{0,20}\.? )?$/iu;
const TITLED_LETTERS = 36;

function isName(text: string, start: number): boolean {
  if (!/\p{Lu}/u.test(text.charAt(start))) return false;
  return TITLED.test(text.slice(Math.max(0, start - TITLED_LETTERS), start));
}

const CODE = /([A-Z])(\d[\dAB])(?:\.[\dA-Z]{1,4})?[!*+]?(?![\dA-Za-z]|\.\d)/y;

// What each chapter of ICD-10 ends with, by its letter; what is missing ends with 99.
const LAST: Readonly<Record<string, string>> = { D: '89', E: '90', H: '95', K: '95', P: '96', T: '98', U: '85' };
/** "Vitamin B12", "room C10": words of which such a code is a part. */
const NAMED =
  /(?:vitamin|room|zimmer|raum|salle|sala|gate|seat|sitz|exit|ausfahrt|autobahn|motorway|block|building|haus|level|figure|fig|table|tabelle|annex|anlage|cell|spalte|section|chapter|version|paper|din|format)[\s.:-]{0,3}$/i;
const NAMED_LETTERS = 16;

function findCodes(scan: Scan, found: Parameters<Detector['find']>[1]): void {
  const { ids, tokens } = scan;
  for (let at = 0; at < tokens.count; at += 1) {
    const start = tokens.starts[at] ?? 0;
    if (tokens.digits[at] === 1 || (tokens.ends[at] ?? 0) - start > 8) continue;
    CODE.lastIndex = start;
    const [code, chapter = '', number = ''] = CODE.exec(ids) ?? [];
    if (
      code === undefined ||
      number > (LAST[chapter] ?? '9Z') ||
      NAMED.test(ids.slice(Math.max(0, start - NAMED_LETTERS), start))
    )
      continue;
    const end = start + code.length;
    if (evidenceOf(scan, codeWords, start, end) !== 'for' || standingOf(scan, start, end) === 'part') continue;
    found({ value: code.replace(/\W+$/, ''), start, end, masked: maskedWord(code) });
  }
}
