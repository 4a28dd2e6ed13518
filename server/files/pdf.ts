// Owns opening a PDF. The only wrapper of pdfjs-dist: it reads what other programs write, in JavaScript, and it brings
// its fonts along. It runs scripts of no file and asks nobody for a password.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { TextContent } from 'pdfjs-dist/types/src/display/api.d.ts';
import { FileFault } from './file-fault.ts';

/** `picturePixelsMax`: larger pictures in it are not decoded. Throws FileFault. */
export async function openPdfDocument(bytes: Uint8Array, picturePixelsMax: number): Promise<PDFDocumentProxy> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const folder = `${dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))}/`;
  const loading = getDocument({
    data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    verbosity: VerbosityLevel.ERRORS,
    // Glyphs are drawn as paths: no font of the file's is given to the system.
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: picturePixelsMax,
    standardFontDataUrl: `${folder}standard_fonts/`,
    cMapUrl: `${folder}cmaps/`,
    wasmUrl: `${folder}wasm/`,
    iccUrl: `${folder}iccs/`,
  });
  // Nobody can be asked for a password here: the sender's file stays closed.
  loading.onPassword = () => {
    throw new FileFault('encrypted');
  };
  return loading.promise.catch((error: unknown) => {
    const locked = error instanceof Error && (error.name === 'PasswordException' || error.message === 'encrypted');
    throw new FileFault(locked ? 'encrypted' : 'broken');
  });
}

/** The text of a page: its pieces as they follow each other, and its lines. */
export async function pdfPageText(document: PDFDocumentProxy, page: number): Promise<string> {
  const pieces: string[] = [];
  await takePdfText(document, page, (text) => pieces.push(text));
  return pieces.join('');
}

/** The same a few pieces at a time, with how many they are. When `take` throws, the page is left there. */
export async function takePdfText(
  document: PDFDocumentProxy,
  page: number,
  take: (text: string, pieces: number) => void,
): Promise<void> {
  const contents: ReadableStream<TextContent> = (await document.getPage(page)).streamTextContent();
  for await (const { items } of contents) {
    take(items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join(''), items.length);
  }
}

export interface PdfFile {
  readonly name: string;
  /** Throws FileFault. */
  readonly read: () => Promise<Buffer>;
}

/** What hangs on a page beside its text: notes and fields of a form, and files. */
export async function pdfNotes(
  document: PDFDocumentProxy,
  page: number,
): Promise<{ readonly texts: readonly string[]; readonly files: readonly PdfFile[] }> {
  const notes: unknown[] = await (await document.getPage(page)).getAnnotations({ intent: 'any' });
  return {
    texts: notes.flatMap((note) => textsIn(note, NOTED, 0)),
    files: notes.flatMap((note) => {
      if (typeof note !== 'object' || note === null || !('fileId' in note) || typeof note.fileId !== 'string')
        return [];
      const [name = note.fileId] = 'file' in note ? textsIn(note.file, ['filename'], 0) : [];
      return [fileOf(document, note.fileId, name)];
    }),
  };
}

/** Files that the document carries. */
export async function pdfFiles(document: PDFDocumentProxy): Promise<PdfFile[]> {
  const files = (await document.getAttachments()) ?? new Map();
  return [...files].map(([id, { filename }]) => fileOf(document, id, filename));
}

/** Title, author, keywords and whatever else is told of the document. */
export async function pdfProperties(document: PDFDocumentProxy): Promise<string[]> {
  const { info } = await document.getMetadata();
  return [...textsIn(info, TOLD, 0), ...textsIn(await document.getOutline(), OUTLINE, 0)];
}

const NOTED = [
  ...[
    'contentsObj',
    'titleObj',
    'richText',
    'str',
    'textContent',
    'fieldValue',
    'defaultFieldValue',
    'alternativeText',
  ],
  ...['options', 'displayValue', 'exportValue', 'fieldName'],
];
const TOLD = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Custom'];
const OUTLINE = ['title', 'items'];
const NESTING_MAX = 50;

/** The texts of the library's plain objects, under these names at every level; what an author has named is all taken. */
function textsIn(value: unknown, names: readonly string[] | undefined, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > NESTING_MAX) return [];
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, names, depth + 1));
  return Object.entries(value).flatMap(([name, inner]) =>
    names?.includes(name) === false ? [] : textsIn(inner, name === 'Custom' ? undefined : names, depth + 1),
  );
}

function fileOf(document: PDFDocumentProxy, id: string, name: string): PdfFile {
  return {
    name,
    read: async () => {
      const content: unknown = await document.getAttachmentContent(id);
      if (!(content instanceof Uint8Array)) throw new FileFault('broken');
      return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    },
  };
}
