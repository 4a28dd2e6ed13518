// Owns the text of OpenDocument: paragraphs as lines, cells with tabs between them, and the numbers that cells hold
// beside what they show.

import { attributeOf } from '../xml.ts';
import type { XmlTarget } from '../xml.ts';
import { wholeNumber } from './number-format.ts';
import type { TextTaker } from './word-text.ts';

/** With `aside` also what stands outside of the body: headers and footers, values, the names of tables. */
export function openDocumentText({ write, aside }: TextTaker): XmlTarget {
  let cells = 0;
  let bodies = aside === undefined ? 0 : 1;
  let notes = 0;
  return {
    open(name, attributes) {
      if (name === 'body') bodies += 1;
      if (name === 'table-cell') {
        cells += 1;
        const value = attributeOf(attributes, 'value') ?? attributeOf(attributes, 'string-value');
        if (value !== undefined) aside?.(wholeNumber(value));
      }
      if (APART.has(name)) {
        notes += 1;
        write('\n');
      }
      const label = LABELLED.has(name) ? attributeOf(attributes, 'name') : undefined;
      if (label !== undefined) aside?.(label);
    },
    close(name) {
      if (name === 'body') bodies -= 1;
      if (APART.has(name)) {
        notes -= 1;
        write('\n');
      }
      if (bodies === 0) return;
      switch (name) {
        case 'tab':
          return write('\t');
        case 's':
          return write(' ');
        case 'line-break':
        case 'table-row':
          return write('\n');
        case 'table-cell':
          cells -= 1;
          return write('\t');
        case 'p':
        case 'h':
          return write(cells > 0 && notes === 0 ? ' ' : '\n');
      }
      if (PROPERTIES.test(name)) write('\n');
    },
    text(text) {
      if (bodies > 0) write(text);
    },
  };
}

/** They hang in a paragraph that they are no part of. */
const APART = new Set(['note', 'annotation', 'text-box', 'custom-shape']);
const LABELLED = new Set(['table', 'user-field-decl', 'section']);
/** Of the document, and of a picture: each a text of its own. */
const PROPERTIES =
  /^(?:title|desc|description|subject|keyword|creator|initial-creator|user-defined|date|creation-date|generator)$/;
