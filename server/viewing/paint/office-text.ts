// Owns the plain text of an Office file, where nothing can draw its layout: what is shown of it, paragraphs as lines,
// cells with tabs between them.

import { openArchive } from '../../files/archive.ts';
import type { Archive } from '../../files/archive.ts';
import { FileFault } from '../../files/file-fault.ts';
import type { OfficeEnding } from '../../files/kind.ts';
import { openDocumentText } from '../../files/office/open-document-text.ts';
import { nothingShared, sharedStrings, sheetText } from '../../files/office/sheet-text.ts';
import { wordText } from '../../files/office/word-text.ts';
import { TextSink } from '../../files/text-sink.ts';
import { XmlReader } from '../../files/xml.ts';
import type { XmlTarget } from '../../files/xml.ts';
import { viewingLimits } from '../limits.ts';

/** Throws FileFault. */
export async function officeText(bytes: Buffer, ending: OfficeEnding): Promise<string> {
  const archive = await openOffice(bytes);
  const text = new TextSink(viewingLimits.textBytesMax);
  const write = (piece: string): void => text.write(piece);
  switch (ending) {
    case 'docx':
      await readPart(archive, 'word/document.xml', wordText({ write }));
      break;
    case 'pptx':
      await readNumbered(archive, /^ppt\/slides\/slide(\d+)\.xml$/, text, () => wordText({ write }));
      break;
    case 'xlsx': {
      const shared = nothingShared();
      const strings = 'xl/sharedStrings.xml';
      if (archive.entries.some(({ name }) => name === strings)) await readPart(archive, strings, sharedStrings(shared));
      await readNumbered(archive, /^xl\/worksheets\/sheet(\d+)\.xml$/, text, () => sheetText(shared, { write }));
      break;
    }
    default:
      await readPart(archive, 'content.xml', openDocumentText({ write }));
  }
  return text.text().trim();
}

/** What it claims to hold is added up before anything is inflated. Throws FileFault. */
export async function openOffice(bytes: Buffer): Promise<Archive> {
  const archive = await openArchive(bytes, viewingLimits.archiveEntriesMax);
  if (archive.fault !== undefined) throw new FileFault(archive.fault);
  for (const { fault } of archive.entries)
    if (fault === 'encrypted' || fault === 'too-large') throw new FileFault(fault);
  const total = archive.entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (total > viewingLimits.archiveBytesMax) throw new FileFault('too-large');
  return archive;
}

async function readNumbered(archive: Archive, pattern: RegExp, text: TextSink, target: () => XmlTarget): Promise<void> {
  const numberOf = (name: string): number => Number(pattern.exec(name)?.[1] ?? 0);
  const names = archive.entries.map(({ name }) => name).filter((name) => pattern.test(name));
  for (const name of names.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    if (text.isCut) return;
    if (text.characters > 0) text.write('\n');
    await readPart(archive, name, target());
  }
}

async function readPart(archive: Archive, name: string, target: XmlTarget): Promise<void> {
  const entry = archive.entries.findLast((one) => one.name === name);
  if (entry === undefined) throw new FileFault('broken');
  const reader = new XmlReader(target);
  for await (const piece of entry.read(viewingLimits.archivePartBytesMax)) reader.write(piece);
  reader.end();
}
