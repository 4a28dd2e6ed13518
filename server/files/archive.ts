// Owns opening a zip archive, as Office files are too: its table of contents within a number of entries, and each entry
// inflated by itself within a size. The only wrapper of yauzl: it reads the table and finds the bytes. What an entry
// claims is looked at before anything is inflated, and held to it while it is. Names are never taken for paths.

import { crc32, inflateRawSync } from 'node:zlib';
import { fromBuffer, getFileNameLowLevel } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { FileFault } from './file-fault.ts';
import type { FaultReason } from './file-fault.ts';

export interface ArchiveEntry {
  /** Decoded, with `/` between folders, and otherwise whatever the archive says. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Unpacked, as it claims. */
  readonly bytes: number;
  /** Why it is not going to be inflated, known without touching it. */
  readonly fault: FaultReason | undefined;
  /** Its bytes in pieces; whole only when this ends well. Throws FileFault. */
  read(bytesMax: number): AsyncIterable<Buffer>;
}

export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** Why there may be more than these. */
  readonly fault: FaultReason | undefined;
}

/** How much larger than its packed bytes an entry may be, once it is over a megabyte. */
export const archiveRatioMax = 250;

/** Throws FileFault when there is no table of contents at all. */
export async function openArchive(bytes: Buffer, entriesMax: number): Promise<Archive> {
  const file = await open(bytes);
  const entries: ArchiveEntry[] = [];
  try {
    for await (const entry of file.eachEntry()) {
      if (entries.length >= entriesMax) return { entries, fault: 'too-large' };
      entries.push(entryOf(file, bytes, entry));
    }
    return { entries, fault: undefined };
  } catch (error) {
    return { entries, fault: whyBroken(error) };
  }
}

const MB = 1024 * 1024;

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names as they are: a name that would be no path is no reason to leave the archive unread.
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true, decodeStrings: false }, (error, file) => {
      if (error !== null || file === undefined) reject(new FileFault('broken'));
      else resolve(file);
    });
  });
}

function entryOf(file: ZipFile, bytes: Buffer, entry: Entry): ArchiveEntry {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const fault = whyNot(entry);
  return {
    name,
    isFolder: name.endsWith('/'),
    bytes: entry.uncompressedSize,
    fault,
    read: (bytesMax) =>
      readEntry(file, bytes, entry, fault ?? (entry.uncompressedSize > bytesMax ? 'too-large' : undefined)),
  };
}

function whyNot(entry: Entry): FaultReason | undefined {
  if (entry.isEncrypted()) return 'encrypted';
  if (!entry.canDecodeFileData()) return 'unknown-kind';
  const { uncompressedSize, compressedSize } = entry;
  return uncompressedSize > MB && uncompressedSize > compressedSize * archiveRatioMax ? 'too-large' : undefined;
}

async function* readEntry(
  file: ZipFile,
  bytes: Buffer,
  entry: Entry,
  fault: FaultReason | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  if (fault !== undefined) throw new FileFault(fault);
  let check = 0;
  for await (const piece of entry.uncompressedSize <= MB ? readAtOnce(file, bytes, entry) : readLarge(file, entry)) {
    check = crc32(piece, check);
    yield piece;
  }
  if (check !== entry.crc32) throw new FileFault('broken');
}

// Most entries are small, and a stream for each costs more than the inflating.
async function* readAtOnce(file: ZipFile, bytes: Buffer, entry: Entry): AsyncGenerator<Buffer, void, undefined> {
  try {
    const { fileDataStart } = await file.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = bytes.subarray(fileDataStart, fileDataStart + entry.compressedSize);
    // One byte more than it claims is an error, and none is a limit that zlib does not know.
    const maxOutputLength = Math.max(1, entry.uncompressedSize);
    yield entry.compressionMethod === 0 ? packed : inflateRawSync(packed, { maxOutputLength });
  } catch {
    throw new FileFault('broken');
  }
}

async function* readLarge(file: ZipFile, entry: Entry): AsyncGenerator<Buffer, void, undefined> {
  try {
    // It fails with the first byte that is more than was claimed.
    for await (const piece of await file.openReadStreamPromise(entry)) yield piece as Buffer; // no encoding was set
  } catch {
    throw new FileFault('broken');
  }
}

// [APPNOTE] section 4.4.4, bit 6: the whole table may be encrypted, and yauzl stops there.
function whyBroken(error: unknown): FaultReason {
  return error instanceof Error && /encryption/i.test(error.message) ? 'encrypted' : 'broken';
}
