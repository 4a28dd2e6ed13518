// Owns opening the archive that an Office file is: what it claims to hold is added up before anything is inflated. The
// only wrapper of yauzl: it reads the table of contents, checks each entry against it, and inflates one at a time.

import { fromBuffer } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { viewingLimits } from '../limits.ts';
import { Refused } from './refused.ts';

export interface Archive {
  readonly names: readonly string[];
  /** One part as text. Throws Refused. */
  read(name: string): Promise<string>;
}

const SMALL_BYTES = 1024 * 1024;

/** Throws Refused: 'too-large' for a bomb, 'encrypted', 'broken'. */
export async function openArchive(bytes: Buffer): Promise<Archive> {
  const file = await open(bytes);
  const entries = new Map<string, Entry>();
  let total = 0;
  await new Promise<void>((resolve, reject) => {
    file.on('error', () => reject(new Refused('broken')));
    file.on('end', resolve);
    file.on('entry', (entry: Entry) => {
      total += entry.uncompressedSize;
      const refused = whyNot(entry, entries.size, total);
      if (refused !== undefined) return reject(new Refused(refused));
      entries.set(entry.fileName, entry);
      file.readEntry();
    });
    file.readEntry();
  });
  return {
    names: [...entries.keys()],
    read: async (name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Refused('broken');
      if (entry.uncompressedSize > viewingLimits.archivePartBytesMax) throw new Refused('too-large');
      const content = await readPart(file, entry);
      // An XML declaration may say UTF-16; Office writes UTF-8.
      return content.toString('utf8').replace(/^\uFEFF/, '');
    },
  };
}

function whyNot(entry: Entry, count: number, total: number): 'encrypted' | 'too-large' | undefined {
  if (entry.isEncrypted()) return 'encrypted';
  const { uncompressedSize, compressedSize } = entry;
  const swells = uncompressedSize > SMALL_BYTES && uncompressedSize > compressedSize * viewingLimits.archiveRatioMax;
  const isBomb = swells || count >= viewingLimits.archiveEntriesMax || total > viewingLimits.archiveBytesMax;
  return isBomb ? 'too-large' : undefined;
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, file) => {
      if (error !== null || file === undefined) reject(new Refused('broken'));
      else resolve(file);
    });
  });
}

function readPart(file: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => {
      if (error !== null || stream === undefined) return reject(new Refused('broken'));
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('error', () => reject(new Refused('broken'))); // also when it is larger than it claimed
      stream.on('end', () => resolve(Buffer.concat(pieces)));
    });
  });
}
