// Owns the smallest zip archive that every program opens: files stored as they are, one after the other.

import { crc32 } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: string;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DATE_1980 = 0x0021; // 1 January 1980, the first day that a zip archive can name

/** PKWARE APPNOTE sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end). */
export function zipStore(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const [nameBytes, bytes] = [Buffer.from(name, 'utf8'), Buffer.from(content, 'utf8')];
    // The same fields stand in both headers: flags, method (0: stored), time, date, check, sizes, lengths.
    const common = fields(
      [2, UTF8_NAMES],
      [2, 0],
      [2, 0],
      [2, DATE_1980],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, nameBytes.length],
      [2, 0],
    );
    const local = Buffer.concat([fields([4, LOCAL], [2, VERSION]), common, nameBytes, bytes]);
    // Comment's length, disk, internal and external attributes, where the local header stands.
    const placed = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    directory.push(fields([4, CENTRAL], [2, VERSION], [2, VERSION]), common, placed, nameBytes);
    files.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = fields(
    [4, END],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, listed.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...files, listed, end]);
}

/** Little-endian numbers, each with its width in bytes. */
function fields(...numbers: readonly (readonly [2 | 4, number])[]): Buffer {
  return Buffer.concat(
    numbers.map(([width, number]) => {
      const field = Buffer.alloc(width);
      field.writeUIntLE(number, 0, width);
      return field;
    }),
  );
}
