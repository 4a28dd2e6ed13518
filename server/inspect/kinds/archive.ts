// Owns reading an archive: an Office file part by part, any other file by file. What it is shows in its table of contents.

import { openArchive } from '../../files/archive.ts';
import type { Archive } from '../../files/archive.ts';
import { FileFault } from '../../files/file-fault.ts';
import { innerPath } from '../inspected-file.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { readEntry } from './archive-entry.ts';
import { readOpenDocument } from './open-document.ts';
import { readOpenXml } from './open-xml.ts';

export async function readArchive(reading: Reading, file: InspectedFile): Promise<void> {
  const archive = await openArchive(file.bytes, reading.limits.archiveEntriesMax);
  const names = new Set(archive.entries.map(({ name }) => name));
  if (names.has('[Content_Types].xml')) await readOpenXml(reading, file, archive);
  else if (names.has('META-INF/manifest.xml') && names.has('content.xml'))
    await readOpenDocument(reading, file, archive);
  else await readZip(reading, file, archive);
  if (archive.fault !== undefined) throw new FileFault(archive.fault);
}

async function readZip(reading: Reading, file: InspectedFile, archive: Archive): Promise<void> {
  // Its names are there for all to see, whether or not what they name can be read.
  for (const { name, bytes, isFolder } of archive.entries)
    if (!isFolder) reading.tell(innerPath(file, name), bytes, []);
  if (file.archives >= reading.limits.archivesMax) throw new FileFault('too-deep');
  const inside = { ...file, archives: file.archives + 1 };
  for (const entry of archive.entries) if (!entry.isFolder) await readEntry(reading, inside, entry);
}
