// Owns the plain text of an Office file, where nothing can draw its layout: paragraphs as lines, cells with tabs
// between them. It reads XML mark by mark and expands no entity but the five of XML itself, so none can swell.

import type { OfficeEnding } from '../kind.ts';
import { viewingLimits } from '../limits.ts';
import { Refused } from './refused.ts';
import { openArchive } from './unzip.ts';
import type { Archive } from './unzip.ts';

/** Throws Refused. */
export async function officeText(bytes: Buffer, ending: OfficeEnding): Promise<string> {
  const archive = await openArchive(bytes);
  switch (ending) {
    case 'docx':
      return wordText(await part(archive, 'word/document.xml'));
    case 'pptx':
      return joined(archive, numbered(archive, /^ppt\/slides\/slide(\d+)\.xml$/), (xml) => wordText(xml));
    case 'xlsx':
      return sheetsText(archive);
    default:
      return openDocumentText(await part(archive, 'content.xml'));
  }
}

async function part(archive: Archive, name: string): Promise<string> {
  const xml = await archive.read(name);
  // ECMA-376 part 2, section 8.2.5: no document type is allowed. Who brings one means no good.
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw new Refused('broken');
  return xml;
}

async function joined(archive: Archive, names: readonly string[], textOf: (xml: string) => string): Promise<string> {
  const texts: string[] = [];
  let characters = 0;
  for (const name of names) {
    if (characters > viewingLimits.textBytesMax) break;
    const text = textOf(await part(archive, name));
    characters += text.length;
    texts.push(text);
  }
  return texts.join('\n\n');
}

function numbered(archive: Archive, pattern: RegExp): string[] {
  const numberOf = (name: string): number => Number(pattern.exec(name)?.[1] ?? 0);
  return archive.names.filter((name) => pattern.test(name)).toSorted((a, b) => numberOf(a) - numberOf(b));
}

// Of WordprocessingML (w:) and DrawingML (a:) alike: t is text, p a paragraph, tc a cell, tr a row.
function wordText(xml: string): string {
  let text = '';
  let within = false;
  let cells = 0;
  for (const { tag, closes, content } of marks(xml)) {
    const name = tag.replace(/^[wa]:/, '');
    if (name === 't') within = !closes;
    else if (name === 'tab' && closes) text += '\t';
    else if ((name === 'br' || name === 'cr') && closes) text += '\n';
    else if (name === 'tc') cells += closes ? -1 : 1;
    else if (name === 'p' && closes) text += cells > 0 ? ' ' : '\n';
    else if (name === 'tr' && closes) text += '\n';
    if (name === 'tc' && closes) text += '\t';
    if (within) text += content;
  }
  return text.trim();
}

async function sheetsText(archive: Archive): Promise<string> {
  const hasStrings = archive.names.includes('xl/sharedStrings.xml');
  const strings = hasStrings ? sharedStrings(await part(archive, 'xl/sharedStrings.xml')) : [];
  const sheets = numbered(archive, /^xl\/worksheets\/sheet(\d+)\.xml$/);
  return joined(archive, sheets, (xml) => sheetText(xml, strings));
}

function sharedStrings(xml: string): string[] {
  const strings: string[] = [];
  let text = '';
  let within = false;
  for (const { tag, closes, content } of marks(xml)) {
    if (tag === 't') within = !closes;
    if (within) text += content;
    if (tag === 'si' && closes) {
      strings.push(text);
      text = '';
    }
  }
  return strings;
}

function sheetText(xml: string, strings: readonly string[]): string {
  const rows: string[] = [];
  let row: string[] = [];
  let cell = '';
  let shared = false;
  let within = false;
  for (const { tag, closes, attributes, content } of marks(xml)) {
    if (tag === 'row' && !closes) row = [];
    if (tag === 'c' && !closes) {
      cell = '';
      shared = /\bt="s"/.test(attributes);
    }
    if (tag === 'v' || tag === 't') within = !closes;
    if (within) cell += content;
    if (tag === 'c' && closes) row.push(shared ? (strings[Number(cell)] ?? '') : cell);
    if (tag === 'row' && closes) rows.push(row.join('\t'));
  }
  return rows.join('\n').trim();
}

function openDocumentText(xml: string): string {
  const body = xml.slice(Math.max(0, xml.indexOf('<office:body')));
  let text = '';
  let cells = 0;
  for (const { tag, closes, content } of marks(body)) {
    if (tag === 'text:tab' && closes) text += '\t';
    else if (tag === 'text:s' && closes) text += ' ';
    else if (tag === 'text:line-break' && closes) text += '\n';
    else if (tag === 'table:table-cell') cells += closes ? -1 : 1;
    else if ((tag === 'text:p' || tag === 'text:h') && closes) text += cells > 0 ? ' ' : '\n';
    else if (tag === 'table:table-row' && closes) text += '\n';
    if (tag === 'table:table-cell' && closes) text += '\t';
    text += content;
  }
  return text.trim();
}

interface Mark {
  readonly tag: string;
  readonly closes: boolean;
  readonly attributes: string;
  /** The text behind it, up to the next one. */
  readonly content: string;
}

function* marks(xml: string): Generator<Mark> {
  let characters = 0;
  for (const [, slash, tag = '', attributes = '', text = ''] of xml.matchAll(/<(\/?)([\w:.-]+)([^>]*)>([^<]*)/g)) {
    const content = unescaped(text);
    characters += content.length;
    if (characters > viewingLimits.textBytesMax) return;
    const isEmpty = attributes.endsWith('/');
    yield { tag, closes: slash === '/', attributes, content: isEmpty ? '' : content };
    if (isEmpty) yield { tag, closes: true, attributes: '', content };
  }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '';
    },
  );
}
