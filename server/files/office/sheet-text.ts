// Owns the text of SpreadsheetML: the strings and formats that a workbook shares, and its sheets as rows of cells with
// tabs between them. A number reads as its cell shows it, and as it is.

import { attributeOf } from '../xml.ts';
import type { XmlTarget } from '../xml.ts';
import { maskedNumber, wholeNumber } from './number-format.ts';
import type { TextTaker } from './word-text.ts';

/** What cells refer to by number. */
export interface Shared {
  readonly strings: string[];
  /** The format of each cell style. */
  readonly formats: (string | undefined)[];
  /** Which strings a cell has named. */
  readonly named: Set<number>;
}

export function nothingShared(): Shared {
  return { strings: [], formats: [], named: new Set() };
}

export function sharedStrings({ strings }: Shared, aside?: (text: string) => void): XmlTarget {
  let string = '';
  let within = false;
  let spoken = 0;
  return {
    open(name) {
      if (name === 'rPh') spoken += 1;
      if (name === 't') within = true;
    },
    close(name) {
      if (name === 'rPh') spoken -= 1;
      if (name === 't') within = false;
      if (name !== 'si') return;
      strings.push(string);
      string = '';
    },
    text(text) {
      if (within && spoken === 0) string += text;
      else if (within) aside?.(text); // how it is pronounced
    },
  };
}

export function cellFormats({ formats }: Shared): XmlTarget {
  const codes = new Map<string, string>();
  let inCells = false;
  return {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(attributes['numFmtId'] ?? '', attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) formats.push(codes.get(attributes['numFmtId'] ?? ''));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
    text: () => undefined,
  };
}

export function sheetText({ strings, formats, named }: Shared, { write, aside }: TextTaker): XmlTarget {
  const open: string[] = [];
  let value = '';
  let other = '';
  let type: string | undefined;
  let format: string | undefined;
  let isFirst = true;
  return {
    open(name, attributes) {
      open.push(name);
      if (name === 'row') isFirst = true;
      if (name !== 'c') return;
      value = '';
      type = attributes['t'];
      format = formats[Number(attributes['s'] ?? -1)];
    },
    close(name) {
      open.pop();
      if (name === 'row') return write('\n');
      if (name === 'c') {
        write(isFirst ? cell() : `\t${cell()}`);
        isFirst = false;
      } else if (other !== '') {
        aside?.(HEADER.test(name) ? withoutCodes(other) : other);
        other = '';
      }
    },
    text(text) {
      const name = open.at(-1);
      if (name === 'v' || (name === 't' && !open.includes('rPh'))) value += text;
      // A formula, a header, a list to choose from.
      else if (text.trim() !== '') other += text;
    },
  };

  function cell(): string {
    if (type === 's') {
      named.add(Number(value));
      return strings[Number(value)] ?? '';
    }
    if (type !== undefined && type !== 'n') return value;
    const number = wholeNumber(value);
    const shown = format === undefined ? undefined : maskedNumber(number, format);
    return shown === undefined || shown === number ? number : `${shown}\t${number}`;
  }
}

const HEADER = /^(?:odd|even|first)(?:Header|Footer)$/;

// ECMA-376 part 1, section 18.3.1.46: places, fonts, sizes, colours and fields.
function withoutCodes(header: string): string {
  return header.replace(/&("[^"]*"|K[\dA-F]{6}|\d{1,3}|.)/gs, (_whole, code: string) => {
    if (code === '&') return code;
    return /^[LCR]$/.test(code) ? '\n' : '';
  });
}

/** The strings that no cell names any more. */
export function unnamedStrings({ strings, named }: Shared): string[] {
  return strings.filter((string, n) => string !== '' && !named.has(n));
}

/** What a pivot table remembers of its source stands in attributes. */
export function cachedValues({ write }: TextTaker): XmlTarget {
  return {
    open(_name, attributes) {
      const value = attributeOf(attributes, 'v') ?? attributeOf(attributes, 'name');
      if (value !== undefined) write(`${wholeNumber(value)}\t`);
    },
    close(name) {
      if (name === 'r' || name === 'cacheField') write('\n');
    },
    text: () => undefined,
  };
}
