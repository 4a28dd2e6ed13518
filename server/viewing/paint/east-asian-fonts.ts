// Owns which font files draw a text's Chinese and Japanese signs: two families of Noto Sans come along in some hundred pieces
// each, and only the pieces that a text needs are opened. Each family draws many signs in its country's way.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { needFont } from './canvas.ts';

/** The families in which a line of this text is drawn, for CSS: '"sc-37", "jp-4"'; empty when it has no such signs. */
export function eastAsianFonts(language: string, text: string): (line: string) => string {
  const order: readonly Country[] = isJapanese(language, text) ? ['jp', 'sc'] : ['sc', 'jp'];
  const known = new Map<string, string | undefined>();
  const familyOf = (character: string): string | undefined => {
    if (!known.has(character)) known.set(character, findFamily(character.codePointAt(0) ?? 0, order));
    return known.get(character);
  };
  return (line) => {
    if (!SIGNS.test(line)) return '';
    const families = new Set([...line].filter((character) => SIGNS.test(character)).map(familyOf));
    return [...families].flatMap((family) => (family === undefined ? [] : [`"${family}"`])).join(', ');
  };
}

type Country = 'jp' | 'sc';

interface Piece {
  readonly family: string;
  readonly file: string;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

// General Punctuation and all behind it: what DejaVu has of them is drawn in DejaVu.
const SIGNS = /[\u2000-\u{10ffff}]/u;
/** Some Chinese names have a Japanese letter in them. */
const KANA_SHARE = 0.1;
/** A longer Japanese text has Japanese letters in it. */
const HAN_WITHOUT_KANA_MAX = 30;

function isJapanese(language: string, text: string): boolean {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const kana = text.match(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  return kana === 0 ? language === 'ja' && han < HAN_WITHOUT_KANA_MAX : kana > han * KANA_SHARE;
}

function findFamily(point: number, order: readonly Country[]): string | undefined {
  for (const country of order) {
    const piece = piecesOf(country).find(({ ranges }) => ranges.some(([from, to]) => from <= point && point <= to));
    if (piece === undefined) continue;
    needFont(piece.file, piece.family);
    return piece.family;
  }
  return undefined;
}

const require = createRequire(import.meta.url);
const tableSchema = z.record(z.string(), z.string());
const opened = new Map<Country, readonly Piece[]>();

function piecesOf(country: Country): readonly Piece[] {
  const known = opened.get(country);
  if (known !== undefined) return known;
  const name = `noto-sans-${country}`;
  const table = tableSchema.parse(
    JSON.parse(readFileSync(require.resolve(`@fontsource-variable/${name}/unicode.json`), 'utf8')),
  );
  const pieces = Object.entries(table).map(([key, ranges]): Piece => {
    const piece = key.replace(/[[\]]/g, '');
    return {
      family: `${country}-${piece}`,
      file: require.resolve(`@fontsource-variable/${name}/files/${name}-${piece}-wght-normal.woff2`),
      ranges: ranges.split(',').map(parseRange),
    };
  });
  opened.set(country, pieces);
  return pieces;
}

/** 'U+4e00-4e0f' or 'U+4e00' */
function parseRange(range: string): [from: number, to: number] {
  const [from, to] = range.trim().slice(2).split('-');
  return [Number.parseInt(from ?? '', 16), Number.parseInt(to ?? from ?? '', 16)];
}
