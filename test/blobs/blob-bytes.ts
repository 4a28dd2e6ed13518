// Owns bytes for tests of blob stores: making, storing and reading them whole.

import type { Blobs } from '../../server/blobs/blobs.ts';

/** Bytes of which no two stretches are alike, so that none can stand for another. */
export function patternOf(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) content.writeUInt32LE((at * 2_654_435_761) % 4_294_967_296, at);
  return content;
}

export async function store(blobs: Blobs, id: string, content: Buffer): Promise<void> {
  const staged = await blobs.stage(id);
  await staged.write(content);
  await staged.commit();
}

export async function readAll(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}
