// A range of sealed bytes is what the same range of the whole would be, or it does not open.

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chunkBytes, openBytes, sealBytes } from '../../server/crypto/cobblestone.ts';
import { openRange } from '../../server/crypto/cobblestone-range.ts';
import type { ByteRange } from '../../server/crypto/cobblestone-range.ts';
import { SealBroken } from '../../server/crypto/seal-broken.ts';

const key = Buffer.alloc(32, 7);
const context = 'a place';
const SEALED_CHUNK_BYTES = chunkBytes + 16;

describe('opening a range', () => {
  it('gives what the whole gives there, whatever the sizes and however the source is cut', async () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 4 * chunkBytes }),
      fc.constantFrom(1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes, 3 * chunkBytes),
    );
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(size, place, place, fc.integer({ min: 100, max: 40_000 }), async (bytes, a, b, pieceBytes) => {
        const whole = textOf(bytes);
        const sealed = sealBytes(key, context, whole);
        const start = Math.floor(Math.min(a, b) * (bytes - 1));
        const end = Math.max(start + 1, Math.round(Math.max(a, b) * bytes));
        const opened = await open(sealed, bytes, { start, end }, pieceBytes);
        assert.ok(opened.equals(openBytes(key, context, sealed).subarray(start, end)));
      }),
      { numRuns: 300 },
    );
  });

  it('reads the header and the chunks it lies in, and nothing else', async () => {
    const whole = textOf(5 * chunkBytes + 100);
    const sealed = sealBytes(key, context, whole);
    const reads: ByteRange[] = [];
    await open(sealed, whole.length, { start: 2 * chunkBytes + 5, end: 3 * chunkBytes + 1 }, 1_000, reads);
    assert.deepEqual(reads, [
      { start: 0, end: 56 },
      { start: 56 + 2 * SEALED_CHUNK_BYTES, end: 56 + 4 * SEALED_CHUNK_BYTES },
    ]);
  });

  it('reads and proves the last chunk of all when it goes to the end, also when that one is empty', async () => {
    const whole = textOf(2 * chunkBytes);
    const sealed = sealBytes(key, context, whole);
    const toTheEnd = { start: chunkBytes, end: whole.length };
    assert.ok((await open(sealed, whole.length, toTheEnd)).equals(whole.subarray(chunkBytes)));
    await assert.rejects(open(sealed.subarray(0, -16), whole.length, toTheEnd), SealBroken);
    await assert.rejects(open(sealed.subarray(0, -1), whole.length, toTheEnd), SealBroken);
    sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
    await assert.rejects(open(sealed, whole.length, toTheEnd), SealBroken);
  });

  it('does not open with one changed byte in the header or in a chunk of its own, and takes no notice of others', async () => {
    const whole = textOf(4 * chunkBytes + 9);
    const range = { start: chunkBytes + 1, end: chunkBytes + 2 };
    const true_ = sealBytes(key, context, whole);
    for (const [at, opens] of [
      [0, false],
      [30, false],
      [56, true],
      [56 + SEALED_CHUNK_BYTES - 1, true],
      [56 + SEALED_CHUNK_BYTES, false],
      [56 + 2 * SEALED_CHUNK_BYTES - 1, false],
      [56 + 2 * SEALED_CHUNK_BYTES, true],
    ] as const) {
      const changed = Buffer.from(true_);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      if (opens) assert.ok((await open(changed, whole.length, range)).equals(whole.subarray(range.start, range.end)));
      else await assert.rejects(open(changed, whole.length, range), SealBroken, String(at));
    }
  });

  it('does not open a chunk in the place of another', async () => {
    const whole = Buffer.alloc(4 * chunkBytes, 'all alike');
    const sealed = sealBytes(key, context, whole);
    const chunk = (n: number): Buffer =>
      sealed.subarray(56 + n * SEALED_CHUNK_BYTES, 56 + (n + 1) * SEALED_CHUNK_BYTES);
    Buffer.from(chunk(1)).copy(chunk(2));
    await assert.rejects(open(sealed, whole.length, { start: 2 * chunkBytes, end: 2 * chunkBytes + 1 }), SealBroken);
  });

  it('does not take less for the whole than was sealed, nor a source that ends too early', async () => {
    const whole = textOf(3 * chunkBytes + 7);
    const sealed = sealBytes(key, context, whole);
    for (const told of [chunkBytes, chunkBytes + 7, 2 * chunkBytes, 3 * chunkBytes + 6, 3 * chunkBytes + 8]) {
      await assert.rejects(open(sealed, told, { start: told - 1, end: told }), SealBroken, String(told));
    }
    for (const left of [0, 55, 56, 56 + SEALED_CHUNK_BYTES, 56 + 2 * SEALED_CHUNK_BYTES - 1]) {
      const cut = sealed.subarray(0, left);
      await assert.rejects(
        open(cut, whole.length, { start: chunkBytes, end: 2 * chunkBytes }),
        SealBroken,
        String(left),
      );
    }
  });

  it('does not open under another key or in another place', async () => {
    const sealed = sealBytes(key, context, textOf(10));
    const range = { start: 0, end: 10 };
    const source = sourceOf(sealed, 10, 100);
    await assert.rejects(all(openRange(Buffer.alloc(32), context, source, range)), SealBroken);
    await assert.rejects(all(openRange(key, 'elsewhere', source, range)), SealBroken);
  });

  it('that is none is a fault of the caller', async () => {
    const sealed = sealBytes(key, context, textOf(10));
    for (const [start, end] of [
      [0, 0],
      [5, 4],
      [-1, 5],
      [0, 11],
      [Number.NaN, 5],
    ] as const) {
      await assert.rejects(open(sealed, 10, { start, end }), RangeError);
    }
  });
});

function textOf(bytes: number): Buffer {
  const text = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) text[at] = (at * 31 + Math.floor(at / 251)) % 256;
  return text;
}

function sourceOf(sealed: Buffer, plaintextBytes: number, pieceBytes: number, reads: ByteRange[] = []) {
  async function* read(range: ByteRange): AsyncGenerator<Buffer> {
    reads.push(range);
    const bytes = sealed.subarray(range.start, range.end);
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return { read, plaintextBytes };
}

function open(
  sealed: Buffer,
  plaintextBytes: number,
  range: ByteRange,
  pieceBytes = 10_000,
  reads?: ByteRange[],
): Promise<Buffer> {
  return all(openRange(key, context, sourceOf(sealed, plaintextBytes, pieceBytes, reads), range));
}

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}
