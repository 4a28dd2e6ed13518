// Owns archives made for tests, honest ones and others: packed or stored, with whatever the headers are to claim.

import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  readonly name: string;
  readonly content: Buffer | string;
  /** Instead of deflating. */
  readonly stored?: boolean;
  /** What is claimed, whatever it is. */
  readonly claims?: {
    readonly bytes?: number;
    readonly crc?: number;
    readonly method?: number;
    readonly flags?: number;
  };
}

/** [APPNOTE] sections 4.3.7, 4.3.12 and 4.3.16. */
export function zip(entries: readonly Packed[]): Buffer {
  const files: Buffer[] = [];
  const table: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, packed, fields } = packedEntry(entry);
    const local = Buffer.concat([Buffer.from('PK\x03\x04\x14\0', 'latin1'), fields, name, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    table.push(Buffer.from('PK\x01\x02\x14\0\x14\0', 'latin1'), fields, place, name);
    files.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  // Of more entries than two bytes count, 16 bits remain: no reader of a test minds.
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}

const UTF8_NAME = 0x0800;

function packedEntry({ name, content, stored = false, claims = {} }: Packed): {
  name: Buffer;
  packed: Buffer;
  fields: Buffer;
} {
  const bytes = Buffer.from(content);
  const packed = stored ? bytes : deflateRawSync(bytes);
  const nameBytes = Buffer.from(name);
  const fields = Buffer.alloc(24);
  fields.writeUInt16LE(claims.flags ?? UTF8_NAME, 0);
  fields.writeUInt16LE(claims.method ?? (stored ? 0 : 8), 2);
  fields.writeUInt16LE(0x21, 6);
  fields.writeUInt32LE(claims.crc ?? crc32(bytes), 8);
  fields.writeUInt32LE(packed.length, 12);
  fields.writeUInt32LE(claims.bytes ?? bytes.length, 16);
  fields.writeUInt16LE(nameBytes.length, 20);
  return { name: nameBytes, packed, fields };
}
