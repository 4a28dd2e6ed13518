// Owns reading rich text (RTF 1.9.1): its letters and lines, without its tables of fonts and pictures. Also what is
// hidden in it, and its notes and properties.

import { FileFault } from '../../files/file-fault.ts';
import { streamDecoder } from '../../files/charsets.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { steps } from '../steps.ts';

interface Group {
  readonly skipped: boolean;
  /** How many fallback characters follow one that is written as a number. */
  readonly fallbacks: number;
}

// A control word with its number, a control symbol, a byte as two digits, a brace, or letters.
const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([\da-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)/gi;
const CHECK_EVERY = 1_000;

export async function readRtf(reading: Reading, { bytes, path }: InspectedFile): Promise<void> {
  const rtf = bytes.toString('latin1');
  const charset = `cp${/\\ansicpg(\d{3,5})/.exec(rtf.slice(0, 1_000))?.[1] ?? '1252'}`;
  const decode = (letters: string): string => streamDecoder(charset)(Buffer.from(letters, 'latin1'));
  await reading.take(path, ({ write }) => {
    const groups: Group[] = [];
    let group: Group = { skipped: false, fallbacks: 1 };
    let letters = '';
    let fallbacksLeft = 0;
    let tokens = 0;
    const flush = (): void => {
      if (letters !== '') write(/[\x80-\xff]/.test(letters) ? decode(letters) : letters);
      letters = '';
    };
    const put = (text: string): void => {
      if (!group.skipped) {
        flush();
        write(text);
      }
    };
    for (const [, word, number, hex, symbol, brace, plain] of rtf.matchAll(TOKEN)) {
      tokens += 1;
      if (tokens % CHECK_EVERY === 0) reading.spend(CHECK_EVERY * steps.rtfToken);
      if (brace === '{') {
        if (groups.length >= reading.limits.rtfDepthMax) throw new FileFault('too-deep');
        groups.push(group);
      } else if (brace === '}') {
        flush();
        group = groups.pop() ?? { skipped: false, fallbacks: 1 };
      } else if (word !== undefined) {
        const value = Number(number ?? 0);
        if (SKIPPED.has(word)) {
          flush();
          group = { ...group, skipped: true };
        } else if (word === 'bin') {
          throw new FileFault('unknown-kind'); // bytes that look like anything
        } else if (word === 'uc') {
          group = { ...group, fallbacks: Math.min(value, 10) };
        } else if (word === 'u') {
          put(String.fromCharCode(value & 0xffff));
          fallbacksLeft = group.fallbacks;
        } else {
          const sign = SIGNS[word];
          if (sign !== undefined) put(sign);
        }
      } else if (fallbacksLeft > 0 && (hex !== undefined || plain !== undefined)) {
        const left = plain?.slice(fallbacksLeft) ?? '';
        fallbacksLeft = Math.max(0, fallbacksLeft - (plain?.length ?? 1));
        if (!group.skipped) letters += left;
      } else if (!group.skipped) {
        if (hex !== undefined) letters += String.fromCharCode(Number.parseInt(hex, 16));
        else if (symbol !== undefined) letters += SYMBOLS[symbol] ?? '';
        else letters += plain ?? '';
      }
    }
    flush();
    if (groups.length > 0) throw new FileFault('broken');
  });
}

const SIGNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['par', 'line', 'sect', 'page', 'row', 'nestrow', 'column'].map((word) => [word, '\n'])),
  ...Object.fromEntries(['tab', 'cell', 'nestcell'].map((word) => [word, '\t'])),
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
};
const SYMBOLS: Readonly<Record<string, string>> = {
  '\\': '\\',
  '{': '{',
  '}': '}',
  '~': ' ',
  _: '-',
  '\n': '\n',
  '\r': '\n',
};
/** Groups without letters for a reader: tables, and bytes as digits. */
const SKIPPED = new Set([
  ...['fonttbl', 'colortbl', 'stylesheet', 'listtable', 'listoverridetable', 'rsidtbl', 'generator', 'themedata'],
  ...[
    'colorschememapping',
    'latentstyles',
    'datastore',
    'pict',
    'objdata',
    'blipuid',
    'mmathPr',
    'xmlnstbl',
    'fldinst',
  ],
]);
