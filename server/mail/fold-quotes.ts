// Owns folding what a mail quotes, in HTML that the sanitizer has just written: well-formed, every "<" and ">" of text and
// attributes escaped, elements that may be quoted under names of ours. It leaves no such name, and writes nothing of
// the mail's that was not there.

import type { QuoteMark } from './quoted-parts.ts';

const MARKED_TAGS = ['blockquote', 'div'] as const;
const MARKS: readonly QuoteMark[] = ['quote', 'perhaps', 'head'];

/** How an element is called until `foldQuotes` has decided about it. */
export function markedName(mark: QuoteMark, tag: string): string {
  return `${mark}-${tag}`;
}

export const MARKED_NAMES: readonly string[] = MARKS.flatMap((mark) => MARKED_TAGS.map((tag) => markedName(mark, tag)));

/** `words`: what stands on a fold. A mail that is nothing but a quote is shown as it is. */
export function foldQuotes(html: string, words: string): string {
  const tokens = html.split(/(<[^<>]*>)/); // texts and tags by turns
  const elements = readElements(tokens);
  const folds = foldsOf(tokens, elements);
  const summary = `<summary>${words.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)}</summary>`;
  const written = [...tokens];
  for (const { name, open, close } of elements) {
    const tag = /^(?:quote|perhaps|head)-(\w+)$/.exec(name)?.[1];
    if (tag === undefined) continue;
    written[open] = `<${tag}${(tokens[open] ?? '').slice(name.length + 1)}`;
    written[close] = `</${tag}>`;
  }
  for (const { first, last, isElement } of folds) {
    if (isElement) {
      // The element itself becomes the fold, with its own margins.
      const attributes = /^<[a-z-]+( [^<>]*)?>$/.exec(tokens[first] ?? '')?.[1] ?? '';
      written[first] = `<details${attributes}>${summary}`;
      written[last] = '</details>';
    } else {
      written[first] = `<details>${summary}${written[first] ?? ''}`;
      written[last] = `${written[last] ?? ''}</details>`;
    }
  }
  return written.join('');
}

interface Element {
  readonly name: string;
  readonly open: number;
  close: number;
  readonly parent: Element | undefined;
}

const VOID = new Set(['img', 'br', 'hr', 'col', 'wbr']);

function readElements(tokens: readonly string[]): Element[] {
  const elements: Element[] = [];
  let parent: Element | undefined;
  for (let at = 1; at < tokens.length; at += 2) {
    const [, slash, name = ''] = /^<(\/?)([a-z][a-z0-9-]*)/.exec(tokens[at] ?? '') ?? [];
    if (VOID.has(name)) continue;
    if (slash === '/') {
      if (parent?.name !== name) throw new Error(`the sanitizer closed ${name} out of turn`);
      parent.close = at;
      parent = parent.parent;
    } else {
      parent = { name, open: at, close: tokens.length, parent };
      elements.push(parent);
    }
  }
  return elements;
}

/** First and last token of what is folded. */
interface Fold {
  readonly first: number;
  readonly last: number;
  /** Both are tags of one element, which becomes the fold. */
  readonly isElement: boolean;
  readonly mark: QuoteMark;
}

function foldsOf(tokens: readonly string[], elements: readonly Element[]): Fold[] {
  const outermost: Fold[] = [];
  for (const element of elements) {
    const mark = MARKS.find((one) => element.name.startsWith(`${one}-`));
    if (mark === undefined || element.open < (outermost.at(-1)?.last ?? 0)) continue;
    const fold = mark === 'head' ? afterHead(tokens, element) : { first: element.open, last: element.close };
    if (fold !== undefined) outermost.push({ ...fold, isElement: mark !== 'head', mark });
  }
  const said = lastSaying(tokens, outermost);
  if (said === -1) return [];
  return outermost.filter(({ mark, first }) => mark !== 'perhaps' || first > said);
}

/** The last token outside all folds that says something; folds stand in order and do not overlap. */
function lastSaying(tokens: readonly string[], folds: readonly Fold[]): number {
  let at = tokens.length - 1;
  for (const { first, last } of folds.toReversed()) {
    while (at > last) {
      if (isSaying(tokens[at] ?? '')) return at;
      at -= 1;
    }
    at = Math.min(at, first - 1);
  }
  return tokens.findLastIndex((token, one) => one <= at && isSaying(token));
}

function isSaying(token: string): boolean {
  return token.startsWith('<') ? token.startsWith('<img ') && token.includes(' src=') : token.trim() !== '';
}

/** What a fold can stand in, between other things. */
const HOLDERS = new Set(['div', 'td', 'th', 'li', 'center', 'section', 'article', 'main', ...MARKED_NAMES]);

/** From the head, and whatever is around it alone, to the end of what holds it. */
function afterHead(tokens: readonly string[], head: Element): { first: number; last: number } | undefined {
  const isBlank = (at: number): boolean => (tokens[at] ?? '').trim() === '';
  let around = head;
  for (
    let parent = head.parent;
    parent?.name === 'div' &&
    parent.open === around.open - 2 &&
    parent.close === around.close + 2 &&
    isBlank(around.open - 1) &&
    isBlank(around.close + 1);
    parent = parent.parent
  )
    around = parent;
  const holder = around.parent;
  if (holder !== undefined && !HOLDERS.has(holder.name)) return undefined;
  return { first: around.open, last: (holder?.close ?? tokens.length) - 1 };
}
