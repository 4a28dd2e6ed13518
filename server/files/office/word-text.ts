// Owns the text of WordprocessingML and DrawingML, which documents, slides, notes, comments and charts are written in:
// paragraphs as lines, cells with tabs between them, and the pieces of a line joined as they stand.

import { attributeOf } from '../xml.ts';
import type { XmlTarget } from '../xml.ts';

export interface TextTaker {
  /** The text itself. */
  readonly write: (text: string) => void;
  /** What belongs to it and is not seen in it; each a text of its own. Without this only what is shown is read. */
  readonly aside?: (text: string) => void;
}

export function wordText({ write, aside }: TextTaker): XmlTarget {
  const open: string[] = [];
  let cells = 0;
  let deleted = '';
  const endDeleted = (): void => {
    if (deleted !== '') aside?.(deleted);
    deleted = '';
  };
  return {
    open(name, attributes) {
      open.push(name);
      if (name === 'tc') cells += 1;
      // A text box hangs in the middle of a line that it is no part of; and what may stand in its place comes twice.
      else if (SEPARATE.has(name)) write('\n');
      if (aside === undefined) return;
      for (const key of TOLD_IN[name] ?? TOLD_ANYWHERE) {
        const told = attributeOf(attributes, key);
        if (told !== undefined && told !== '') aside(told);
      }
    },
    close(name) {
      open.pop();
      switch (name) {
        case 'tab':
          return write('\t');
        case 'br':
        case 'cr':
        case 'tr':
        case 'comment':
          return write('\n');
        case 'noBreakHyphen':
          return write('-');
        case 'tc':
          cells -= 1;
          return write('\t');
        case 'p':
          endDeleted();
          return write(cells > 0 ? ' ' : '\n');
      }
    },
    text(text) {
      const name = open.at(-1) ?? '';
      if (name === 't') write(text);
      else if (aside === undefined || NO_TEXT.has(name) || text.trim() === '') return;
      // Kept apart: in between it would tear what is seen of the line.
      else if (name === 'delText') deleted += text;
      else aside(text);
    },
  };
}

const SEPARATE = new Set(['txbxContent', 'Choice', 'Fallback']);
/** Alternative texts and the letters of a watermark. */
const TOLD_ANYWHERE = ['descr', 'title', 'alt', 'string'];
const TOLD_IN: Readonly<Record<string, readonly string[]>> = {
  docVar: ['val'],
  fldSimple: ['instr'],
  listItem: ['displayText', 'value'],
  sheet: ['name'],
  tag: ['val'],
};
/** Numbers of the layout, and bytes. */
const NO_TEXT = new Set([
  'posOffset',
  'pctWidth',
  'pctHeight',
  'align',
  'fldData',
  'binData',
  'pctPosHOffset',
  'pctPosVOffset',
]);
