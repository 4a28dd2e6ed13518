// Owns the short road to the body of a mail that has no parts and whose text needs no decoding: most of what programs
// write. It must give exactly what mime-reader.ts would, and leaves alone whatever is not certain to be that simple.

import { limits } from '../core/limits.ts';
import { cleanBodyText } from './body-text.ts';
import type { HeaderLine } from './mail-tree.ts';
import type { Bodies } from './mime-bodies.ts';

/** The texts of a whole mail by its header and the bytes behind it; undefined when it takes more to read them. */
export function readPlainBody(headers: readonly HeaderLine[], body: Buffer): Bodies | undefined {
  // Otherwise it takes counting, which mime-reader.ts does.
  if (body.length > limits.bodyTextBytesMax / LARGEST_GROWTH) return undefined;
  let isHtml = false;
  const seen = new Set<string>();
  for (const { name, value } of headers) {
    const simple = SIMPLE.get(name);
    if (simple === undefined) continue;
    // Of two that say how to read it, readers choose differently.
    if (seen.has(name) || !simple.test(value)) return undefined;
    seen.add(name);
    if (name === 'content-type') isHtml = HTML.test(value);
  }
  // The parser of MIME joins line ends before anything is cleaned: CR CR LF is one.
  const text = cleanBodyText(body.toString('utf8').replace(/\r?\n/g, '\n'));
  return isHtml ? { text: undefined, html: text } : { text, html: undefined };
}

// A byte that is not UTF-8 becomes a replacement character of three.
const LARGEST_GROWTH = 3;
const HTML = /^text\/html/i;

/** The header lines that say how a body is read, and what may stand in them here. */
const SIMPLE: ReadonlyMap<string, RegExp> = new Map([
  ['content-type', /^text\/(?:plain|html)(?:;[ \t]*charset="?(?:utf-8|us-ascii)"?)?$/i],
  ['content-transfer-encoding', /^(?:7bit|8bit)$/i],
  ['content-disposition', /(?!)/],
]);
