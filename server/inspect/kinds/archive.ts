// Owns reading an archive: an Office file part by part, any other file by file. What it is shows in its table of contents.

import { openArchive } from '../../files/archive.ts';
import type { Archive, ArchiveEntry } from '../../files/archive.ts';
import { FileFault, faultOf } from '../../files/file-fault.ts';
import { innerPath, readInner } from '../read-file.ts';
import type { ReadFile } from '../read-file.ts';
import type { Reading } from '../reading.ts';
import { readOpenDocument } from './open-document.ts';
import { readOpenXml } from './open-xml.ts';

export async function readArchive(reading: Reading, file: ReadFile): Promise<void> {
  const archive = await openArchive(file.bytes, reading.limits.archiveEntriesMax);
  const names = new Set(archive.entries.map(({ name }) => name));
  if (names.has('[Content_Types].xml')) await readOpenXml(reading, file, archive);
  else if (names.has('META-INF/manifest.xml') && names.has('content.xml'))
    await readOpenDocument(reading, file, archive);
  else await readZip(reading, file, archive);
  if (archive.fault !== undefined) throw new FileFault(archive.fault);
}

/** One entry whole, as a file in this one; why not, if not, is said of it alone. */
export async function readEntry(reading: Reading, file: ReadFile, entry: ArchiveEntry): Promise<void> {
  const bytes = await collect(reading, entry).catch((error: unknown) => {
    const why = faultOf(error);
    if (why === 'too-slow') throw error;
    reading.fail(innerPath(reading, file, entry.name), why);
  });
  if (bytes !== undefined) await readInner(reading, file, { name: entry.name, bytes });
}

async function readZip(reading: Reading, file: ReadFile, archive: Archive): Promise<void> {
  if (file.archives >= reading.limits.archivesMax) throw new FileFault('too-deep');
  const inside = { ...file, archives: file.archives + 1 };
  for (const entry of archive.entries) if (!entry.isFolder) await readEntry(reading, inside, entry);
}

async function collect(reading: Reading, entry: ArchiveEntry): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of entry.read(reading.limits.fileBytesMax)) {
    reading.countBytes(piece.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
