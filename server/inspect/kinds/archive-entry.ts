// Owns reading one entry of an archive: whole, as a file of its own, or as an XML part while it is inflated.

import type { ArchiveEntry } from '../../files/archive.ts';
import { faultOf } from '../../files/file-fault.ts';
import { typesOfBytes } from '../../files/types-by-bytes.ts';
import { XmlReader } from '../../files/xml.ts';
import type { XmlTarget } from '../../files/xml.ts';
import { innerPath } from '../inspected-file.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { steps } from '../steps.ts';
import { isOwnPart, isOwnType } from './own-parts.ts';

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
export async function readPart(
  reading: Reading,
  file: InspectedFile,
  entry: ArchiveEntry,
  target: XmlTarget,
): Promise<void> {
  const reader = new XmlReader(target);
  let isFirst = true;
  for await (const piece of entry.read(reading.limits.unpackedBytesMax)) {
    if (isFirst) tellPart(reading, file, entry, piece);
    isFirst = false;
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

/** A part of an Office file that has no words: only what its first bytes are. Throws FileFault when there is too much. */
export async function glanceAt(reading: Reading, file: InspectedFile, entry: ArchiveEntry): Promise<void> {
  // Its name is told, and whether it can be unpacked concerns nobody who looks for words.
  if (entry.fault !== undefined) return;
  const piece = await firstPiece(reading, entry);
  if (piece === undefined) return;
  reading.countBytes(piece.length);
  tellPart(reading, file, entry, piece);
}

async function firstPiece(reading: Reading, entry: ArchiveEntry): Promise<Buffer | undefined> {
  try {
    for await (const piece of entry.read(reading.limits.unpackedBytesMax)) return piece;
  } catch {
    // Broken: what it is cannot be known, and it has no words to miss.
  }
  return undefined;
}

function tellPart(reading: Reading, file: InspectedFile, entry: ArchiveEntry, piece: Buffer): void {
  const types = typesOfBytes(piece);
  if (isOwnPart(entry.name) && types.every(isOwnType)) return;
  reading.tell(innerPath(file, entry.name), entry.bytes, types);
}

async function collect(reading: Reading, entry: ArchiveEntry): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of entry.read(reading.limits.fileBytesMax)) {
    reading.countBytes(piece.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
