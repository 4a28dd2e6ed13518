// Owns what an access phrase may be, and its one spelling: people say it over the phone and type it on a telephone.

import { limits } from './limits.ts';

/** The phrase in its one spelling, or undefined when it is too short to guard anything, or too long. */
export function parsePhrase(text: string): string | undefined {
  const phrase = spelling(text);
  const characters = [...phrase].length;
  return characters >= limits.phraseCharactersMin && characters <= limits.phraseCharactersMax ? phrase : undefined;
}

/** Case counts; how wide a blank is, and by which code points a letter is written, does not. */
export function spelling(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/gu, ' ');
}
