// Owns reading one entry of an archive: whole, as a file of its own, or as an XML part while it is inflated.

import type { ArchiveEntry } from '../../files/archive.ts';
import { faultOf } from '../../files/file-fault.ts';
import { XmlReader } from '../../files/xml.ts';
import type { XmlTarget } from '../../files/xml.ts';
import { innerPath } from '../inspected-file.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { steps } from '../steps.ts';

/** As a file in this one; why not, if not, is said of it alone. Throws FileFault when there is no time left. */
export async function readEntry(reading: Reading, file: InspectedFile, entry: ArchiveEntry): Promise<void> {
  const bytes = await collect(reading, entry).catch((error: unknown) => {
    const why = faultOf(error);
    if (why === 'too-slow') throw error;
    reading.fail(innerPath(file, entry.name), why);
  });
  if (bytes !== undefined) await reading.readInner(file, { name: entry.name, bytes });
}

/** No part is ever held whole. Throws FileFault. */
export async function readPart(reading: Reading, entry: ArchiveEntry, target: XmlTarget): Promise<void> {
  const reader = new XmlReader(target);
  for await (const piece of entry.read(reading.limits.unpackedBytesMax)) {
    for (let at = 0; at < piece.length; at += PIECE_BYTES) {
      const some = piece.subarray(at, at + PIECE_BYTES);
      reading.countBytes(some.length);
      reading.spend(some.length * steps.markupByte);
      reader.write(some);
    }
  }
  reader.end();
}

const PIECE_BYTES = 64 * 1024;

async function collect(reading: Reading, entry: ArchiveEntry): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of entry.read(reading.limits.fileBytesMax)) {
    reading.countBytes(piece.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
