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
import { isOwnPart } from './own-parts.ts';

export async function readArchive(reading: Reading, file: InspectedFile): Promise<void> {
  const { archive, kind } = await openTold(reading, file, reading.limits.archiveEntriesMax);
  if (kind === 'open-xml') await readOpenXml(reading, file, archive);
  else if (kind === 'open-document') await readOpenDocument(reading, file, archive);
  else await readZip(reading, file, archive);
  if (archive.fault !== undefined) throw new FileFault(archive.fault);
}

/** Its names alone, which cost no step: they are told also where none is left. */
export async function tellArchive(reading: Reading, file: InspectedFile): Promise<void> {
  // One more than there is room for is enough to say so.
  await openTold(reading, file, Math.min(reading.limits.archiveEntriesMax, reading.toldLeft + 1));
}

interface Told {
  readonly archive: Archive;
  readonly kind: 'open-xml' | 'open-document' | 'zip';
}

// Its names are there for all to see, whether or not what they name can be read, and whatever the archive gives itself out for.
async function openTold(reading: Reading, file: InspectedFile, entriesMax: number): Promise<Told> {
  const archive = await openArchive(file.bytes, entriesMax);
  const kind = kindOf(archive);
  for (const { name, bytes, isFolder } of archive.entries)
    if (!isFolder && (kind === 'zip' || !isOwnPart(name))) reading.tell(innerPath(file, name), bytes, []);
  return { archive, kind };
}

function kindOf({ entries }: Archive): Told['kind'] {
  const names = new Set(entries.map(({ name }) => name));
  if (names.has('[Content_Types].xml')) return 'open-xml';
  return names.has('META-INF/manifest.xml') && names.has('content.xml') ? 'open-document' : 'zip';
}

async function readZip(reading: Reading, file: InspectedFile, archive: Archive): Promise<void> {
  if (file.archives >= reading.limits.archivesMax) throw new FileFault('too-deep');
  const inside = { ...file, archives: file.archives + 1 };
  for (const entry of archive.entries) if (!entry.isFolder) await readEntry(reading, inside, entry);
}
