// Owns the detector of private keys. A key's first letters are its value; they are never shown.

import type { Detector } from '../detector.ts';

const BEGINNINGS = [
  // RFC 7468, RFC 4880 section 6.2, and what OpenSSH and PuTTY write.
  { mark: 'PRIVATE KEY', shape: /-{3,5} ?BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?) ?-{3,5}/g },
  { mark: 'PuTTY-User-Key-File-', shape: /()PuTTY-User-Key-File-[23]: ?[\w-]+/g },
  { mark: 'AGE-SECRET-KEY-1', shape: /()AGE-SECRET-KEY-1(?=[A-Z0-9]{50,})/g },
] as const;

/** So much of a key follows its headline at least; who only speaks of keys writes less. */
const BODY_LETTERS_MIN = 40;
const BODY_LETTERS_MAX = 64;
const LOOKED_AT = 1_200;
const HEADERS = /^(?:[A-Za-z-]+: [^\n\\]*(?:\r?\n|\\n)|Comment: .*|Public-Lines: .*)/gm;

export const privateKey: Detector = {
  title: 'Private keys',
  looksFor:
    'private keys as PEM (PKCS #1, PKCS #8, SEC 1, encrypted ones too), OpenSSH, OpenPGP, PuTTY and age write them',
  check: 'the headline, and at least 40 letters of a key behind it',
  evidence: 'not wanted',
  words: [],
  find: ({ text }, found) => {
    for (const { mark, shape } of BEGINNINGS) {
      if (!text.includes(mark)) continue;
      for (const { 0: headline, 1: kind, index } of text.matchAll(shape)) {
        const start = index + headline.length;
        const value = bodyOf(text.slice(start, start + LOOKED_AT));
        if (value === undefined) continue;
        found({ value, start: index, end: start, masked: kind === undefined || kind === '' ? `${mark}…` : kind });
      }
    }
  },
};

// Line ends may be written as they are in JSON; lines of mail that was quoted begin with a sign.
function bodyOf(following: string): string | undefined {
  const body = following
    .replace(/\\[nr]/g, '\n')
    .replace(/^[> \t|]+/gm, '')
    .replace(HEADERS, '');
  const letters = /^[\s"',]*((?:[A-Za-z0-9+/=][\s"',]*){40,})/.exec(body)?.[1]?.replace(/[\s"',]/g, '') ?? '';
  return letters.length >= BODY_LETTERS_MIN ? letters.slice(0, BODY_LETTERS_MAX) : undefined;
}
