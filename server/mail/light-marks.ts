// Owns the few marks that an answer typed here may carry: blank lines, **bold**, *italic*, lists, quotes, and web
// addresses. The text stays as it was typed; this tells what the marks mean, and writes the HTML part from that. Only
// bare addresses become links, so none can show another address than its own.

import type { MarkedBlock, MarkedRun } from '../core/text-runs.ts';
import { linkRuns } from './safe-text.ts';

/** What the text's marks mean, in its order. */
export function readMarks(text: string): MarkedBlock[] {
  const blocks: MarkedBlock[] = [];
  let open: { kind: MarkedBlock['kind']; lines: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) blocks.push(blockOf(open.kind, open.lines));
    open = undefined;
  };
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      close();
      continue;
    }
    const { kind, rest } = kindOf(line);
    if (open?.kind !== kind) close();
    open ??= { kind, lines: [] };
    open.lines.push(rest);
  }
  close();
  return blocks;
}

/** The HTML part for a text with marks, or undefined when it has none and says all by itself. */
export function marksToHtml(text: string): string | undefined {
  const blocks = readMarks(text);
  return blocks.some(isMarked) ? blocks.map(blockHtml).join('\n') : undefined;
}

/** What the marks of a text mean whose HTML part was made from them; undefined for any other. */
export function readOwnMarks(text: string, html: string | undefined): MarkedBlock[] | undefined {
  return html !== undefined && html.trim() === marksToHtml(text.trim())?.trim() ? readMarks(text) : undefined;
}

function isMarked(block: MarkedBlock): boolean {
  if (block.kind !== 'paragraph' || !('runs' in block)) return true;
  return block.runs.some(({ bold, italic }) => bold === true || italic === true);
}

const STARTS: readonly (readonly [kind: MarkedBlock['kind'], start: RegExp])[] = [
  ['quote', /^ {0,3}> ?/],
  ['list', /^ {0,3}[-*•] +(?=\S)/],
  ['numbers', /^ {0,3}\d{1,3}[.)] +(?=\S)/],
];

function kindOf(line: string): { kind: MarkedBlock['kind']; rest: string } {
  for (const [kind, start] of STARTS) {
    const found = start.exec(line);
    if (found !== null) return { kind, rest: line.slice(found[0].length) };
  }
  return { kind: 'paragraph', rest: line };
}

function blockOf(kind: MarkedBlock['kind'], lines: readonly string[]): MarkedBlock {
  if (kind === 'list' || kind === 'numbers') return { kind, items: lines.map((line) => runsOf(line)) };
  const runs = lines.flatMap((line, n) =>
    runsOf(line).map((run, place) => (n > 0 && place === 0 ? { ...run, onNewLine: true as const } : run)),
  );
  return { kind, runs };
}

// A mark stands at the edge of a word: 2*3*4 is arithmetic, and a lone asterisk a footnote.
const MARKS =
  /(?<![\p{L}\p{N}*])(?:\*\*(?=[^\s*])(?<bold>[^*]{1,2000}?)(?<=\S)\*\*|\*(?=[^\s*])(?<italic>[^*]{1,2000}?)(?<=\S)\*)(?![\p{L}\p{N}*])/gu;

function runsOf(line: string): MarkedRun[] {
  const runs: MarkedRun[] = [];
  let at = 0;
  for (const found of line.matchAll(MARKS)) {
    runs.push(...linked(line.slice(at, found.index), {}));
    const { bold, italic } = found.groups ?? {};
    runs.push(...linked(bold ?? italic ?? '', bold === undefined ? { italic: true } : { bold: true }));
    at = found.index + found[0].length;
  }
  runs.push(...linked(line.slice(at), {}));
  // An empty line of a quote is a line all the same.
  return runs.length === 0 ? [{ text: '' }] : runs;
}

function linked(text: string, marks: Pick<MarkedRun, 'bold' | 'italic'>): MarkedRun[] {
  return linkRuns(text, undefined).map((run) => ({ ...run, ...marks }));
}

function blockHtml(block: MarkedBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p dir="auto">${block.runs.map(runHtml).join('')}</p>`;
    case 'quote':
      return `<blockquote dir="auto">${block.runs.map(runHtml).join('')}</blockquote>`;
    case 'list':
    case 'numbers': {
      const tag = block.kind === 'list' ? 'ul' : 'ol';
      const items = block.items.map((runs) => `<li dir="auto">${runs.map(runHtml).join('')}</li>`);
      return `<${tag}>${items.join('')}</${tag}>`;
    }
  }
}

function runHtml({ text, bold, italic, url, onNewLine }: MarkedRun): string {
  let html = escaped(text);
  if (url !== undefined) html = `<a href="${escaped(url)}">${html}</a>`;
  if (bold === true) html = `<strong>${html}</strong>`;
  if (italic === true) html = `<em>${html}</em>`;
  return onNewLine === true ? `<br>${html}` : html;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
