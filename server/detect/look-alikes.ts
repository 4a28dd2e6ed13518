// Owns the reading of numbers and ids: Cyrillic and Greek letters that look like Latin ones are taken for these, and
// letters that look like a digit for the digit where digits stand beside them. Words are never read in this way: every
// Russian word would become another. One letter stays one letter, so that places are the same in both readings.

import { textOf } from './units.ts';

const LATIN: readonly (readonly [from: string, to: string])[] = [
  ['АВЕЅІЈКМНОРСТУХԚԜ', 'ABESIJKMHOPCTYXQW'],
  ['асеѕіјорхуԁһԛԝ', 'acesijopxydhqw'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ['ακνορυιχ', 'akvopuix'],
];

const latin = new Map(
  LATIN.flatMap(([from, to]) => [...from].map((letter, at) => [letter.charCodeAt(0), to.charCodeAt(at)])),
);

const GREEK_OR_CYRILLIC = /[\u0386-\u03ce\u0405-\u052f]/;
const FIRST_UNIT = 0x386;
const LAST_UNIT = 0x52f;

/** The text with Latin letters for those that look alike. */
export function latinRead(text: string): string {
  if (!GREEK_OR_CYRILLIC.test(text)) return text;
  const written = new Uint16Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    written[index] = unit < FIRST_UNIT || unit > LAST_UNIT ? unit : (latin.get(unit) ?? unit);
  }
  return textOf(written, text.length);
}

/** A stretch of letters, longer than any id, however it is written. */
const STRETCH = 128;

/** Tells whether two readings of a text differ within a stretch from an index on, or a little behind it. */
export function differencesOf(one: string, other: string): (index: number) => boolean {
  if (one === other) return () => false;
  const differs = new Uint8Array(Math.ceil(one.length / STRETCH) + 1);
  for (let index = 0; index < one.length; index += 1) {
    if (one.charCodeAt(index) !== other.charCodeAt(index)) differs[Math.floor(index / STRETCH)] = 1;
  }
  return (index) => {
    const at = Math.floor(index / STRETCH);
    return differs[at] === 1 || differs[at + 1] === 1;
  };
}

// Latin O stands for the Cyrillic and the Greek one, too, here; З, б and Ӏ are no Latin letters at all.
const BESIDE_DIGIT = /\d[OoЗзбӀ]|[OoЗзбӀ]\d/;
const DIGIT_LIKE = /(?<=\d)[OoЗзбӀ]+(?=\d|[^\p{L}\p{N}]|$)|(?<![\p{L}\p{N}])[OoЗзбӀ]+(?=\d)/gu;
const DIGITS: Readonly<Record<string, string>> = { O: '0', o: '0', З: '3', з: '3', б: '6', Ӏ: '1' };

/** A text of Latin letters, with digits for the letters beside them that look alike. */
export function digitsRead(text: string): string {
  if (!BESIDE_DIGIT.test(text)) return text;
  return text.replace(DIGIT_LIKE, (letters) => Array.from(letters, (letter) => DIGITS[letter] ?? letter).join(''));
}
