// Owns opening a range of sealed bytes without the rest (docs/envelope.md, section 1).

import { Opener, chunkBytes, chunkStart, sealedSize } from './cobblestone.ts';
import { SealBroken } from './seal-broken.ts';

/** Bytes from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface SealedSource {
  /** A range of the sealed bytes. Its errors pass through. */
  readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>;
  /** How long the plaintext is: known from what is itself sealed, since it says where the last chunk has to be. */
  readonly plaintextBytes: number;
}

/**
 * The bytes of a range that lies within the plaintext and is not empty. Reads the header and the chunks it lies in,
 * and checks each; a range to the end proves the end as well. @throws {SealBroken}
 */
export async function* openRange(
  key: Uint8Array,
  context: Uint8Array | string,
  { read, plaintextBytes }: SealedSource,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, void, undefined> {
  if (!(start >= 0 && start < end && end <= plaintextBytes)) throw new RangeError('no such range');
  const firstChunk = Math.floor(start / chunkBytes);
  const chunksEnd = Math.ceil(end / chunkBytes);
  // The last chunk is the one that is not full. A range to the end takes it along, even if it holds nothing.
  const takesLast = end === plaintextBytes || chunksEnd > Math.floor(plaintextBytes / chunkBytes);
  const sealedEnd = takesLast ? sealedSize(plaintextBytes) : chunkStart(chunksEnd);
  const opener = new Opener(key, context, firstChunk);
  let at = firstChunk * chunkBytes;
  const cut = (chunk: Buffer): Buffer => {
    const from = at;
    at += chunk.length;
    return chunk.subarray(Math.max(0, start - from), Math.max(0, end - from));
  };
  for await (const piece of read({ start: 0, end: chunkStart(0) })) opener.update(piece);
  for await (const piece of read({ start: chunkStart(firstChunk), end: sealedEnd })) {
    for (const chunk of opener.update(piece)) yield cut(chunk);
  }
  if (takesLast) {
    const last = cut(opener.final());
    if (last.length > 0) yield last;
  }
  if (at < end) throw new SealBroken();
}
