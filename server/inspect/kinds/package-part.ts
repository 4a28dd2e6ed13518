// Owns reading one XML part of an Office file while it is inflated: no part is ever held whole.

import type { ArchiveEntry } from '../../files/archive.ts';
import { XmlReader } from '../../files/xml.ts';
import type { XmlTarget } from '../../files/xml.ts';
import type { Reading } from '../reading.ts';

/** Throws FileFault. */
export async function readPart(reading: Reading, entry: ArchiveEntry, target: XmlTarget): Promise<void> {
  const reader = new XmlReader(target);
  for await (const piece of entry.read(reading.limits.unpackedBytesMax)) {
    for (let at = 0; at < piece.length; at += PIECE_BYTES) {
      const some = piece.subarray(at, at + PIECE_BYTES);
      reading.countBytes(some.length);
      reader.write(some);
    }
  }
  reader.end();
}

const PIECE_BYTES = 64 * 1024;
