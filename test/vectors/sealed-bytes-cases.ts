// Owns our vectors of sealed bytes, each with the outcome it must have. Everything is made from fixed bytes, so
// that anyone can make the same file again.

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { deriveChunkKeys } from '../../server/crypto/chunk-keys.ts';
import { chunkBytes, sealBytes } from '../../server/crypto/cobblestone.ts';
import { metaContext, partContext } from '../../server/crypto/context.ts';
import type { ChunkedCase, VectorFile } from '../crypto/vector-files.ts';
import { fixedBytes, otherMessage, thisMessage } from './fixed.ts';

const HEADER_BYTES = 56;
const SEALED_CHUNK_BYTES = chunkBytes + 16;

const key = fixedBytes('input key', 32);
const context = partContext(thisMessage, 0, 'attachment');

export function makeSealedBytesFile(): VectorFile {
  const tests = [...validCases(), ...changedCases(), ...cutCases(), ...movedCases(), ...foreignCases()];
  return {
    algorithm: 'Cobblestone-256',
    header: ['Sealed bytes as docs/envelope.md describes them, section 1; in the shape of Project Wycheproof.'],
    notes,
    numberOfTests: tests.length,
    testGroups: [
      {
        type: 'ChunkedEncryption',
        aead: 'AEAD_AES_256_GCM',
        sha: 'SHA-512',
        source: { name: 'sealpost', version: '1' },
        tests: tests.map((test, n) => ({ tcId: n + 1, ...test })),
      },
    ],
  };
}

const notes = {
  ChunkReordering: note('AUTH_BYPASS', 'Chunks stand in another order, twice, not at all, or come from elsewhere.'),
  CounterRollover: note('EDGE_CASE', 'The number of the chunk needs more than one byte of the nonce.'),
  HeaderFailure: note('FUNCTIONALITY', 'To be refused before any chunk is tried: for its size, key or commitment.'),
  InvalidKeySize: note('BASIC', 'The input key has not 32 bytes.'),
  ModifiedCiphertext: note('AUTH_BYPASS', 'One bit of salt, commitment, ciphertext or tag was changed.'),
  PartialPlaintext: note(
    'FUNCTIONALITY',
    'msgLength and msgSha512 tell the longest true beginning that may be released.',
  ),
  ShortTag: note('AUTH_BYPASS', 'A true tag cut to 4 bytes: where it passes, 2^32 tries forge anything.'),
  TrailingData: note('AUTH_BYPASS', 'Something follows the last chunk.'),
  Truncation: note('AUTH_BYPASS', 'The end is missing, within a chunk or between two.'),
  ValidFinalChunk: note('FUNCTIONALITY', 'Invalid, though its last chunk by itself is true and in its place.'),
  WrongContext: note('MISSING_STEP', 'True bytes, moved to another place.'),
  WrongKey: note('MISSING_STEP', 'True bytes, opened with another key.'),
};

type Case = Omit<ChunkedCase, 'tcId'>;

function validCases(): Case[] {
  return [
    valid('empty plaintext', sealText('')),
    valid('one byte', sealText('x')),
    valid('a short text in UTF-8', sealText('Grüße aus dem Umschlag\n')),
    valid('one byte less than a chunk', sealZeros(chunkBytes - 1)),
    valid('exactly one chunk, so that an empty one follows', sealZeros(chunkBytes)),
    valid('one byte more than a chunk', sealZeros(chunkBytes + 1)),
    valid('three chunks and some', sealZeros(3 * chunkBytes + 1234)),
    { ...valid('257 chunks and some', sealZeros(257 * chunkBytes + 1)), flags: ['CounterRollover'] },
    valid('the context of what is known about a message', sealText('about', metaContext(thisMessage))),
    valid('an empty context', sealText('no place', '')),
  ];
}

function changedCases(): Case[] {
  const short = sealText('to be changed');
  const two = sealZeros(chunkBytes + 10);
  return [
    invalid('first byte of the salt changed', change(short, 0), ['ModifiedCiphertext', 'HeaderFailure']),
    invalid('last byte of the commitment changed', change(short, 55), ['ModifiedCiphertext', 'HeaderFailure']),
    invalid('first byte of the ciphertext changed', change(short, 56), ['ModifiedCiphertext']),
    invalid('last byte of the tag changed', change(short, short.bytes.length - 1), ['ModifiedCiphertext']),
    invalid('first of two chunks changed', change(two, 61), ['ModifiedCiphertext', 'ValidFinalChunk']),
    partial('last of two chunks changed', change(two, two.bytes.length - 17), ['ModifiedCiphertext'], 1),
  ];
}

function cutCases(): Case[] {
  const short = sealText('to be cut');
  const three = sealZeros(2 * chunkBytes + 100);
  return [
    invalid('nothing at all', cut(short, 0), ['Truncation', 'HeaderFailure']),
    invalid('the salt alone', cut(short, 24), ['Truncation', 'HeaderFailure']),
    invalid('the header less one byte', cut(short, 55), ['Truncation', 'HeaderFailure']),
    invalid('the header alone', cut(short, 56), ['Truncation']),
    invalid('the last byte missing', cut(short, -1), ['Truncation']),
    invalid('empty plaintext, its tag cut to 4 bytes', cut(sealText(''), 56 + 4), ['Truncation', 'ShortTag']),
    partial('cut after the first of three chunks', cut(three, startOf(1)), ['Truncation'], 1),
    partial('cut within the second chunk', cut(three, startOf(1) + 500), ['Truncation'], 1),
    partial('the last chunk missing', cut(three, startOf(2)), ['Truncation'], 2),
    partial('the last chunk cut to 4 bytes', cut(three, startOf(2) + 4), ['Truncation'], 2),
    partial('the last byte of three chunks missing', cut(three, -1), ['Truncation'], 2),
  ];
}

function movedCases(): Case[] {
  const three = sealZeros(2 * chunkBytes + 100);
  const other = sealZeros(2 * chunkBytes + 100, 'other salt');
  const [first, second, last] = [chunkOf(three, 0), chunkOf(three, 1), chunkOf(three, 2)];
  const extra = Buffer.alloc(1);
  return [
    invalid('the first two chunks swapped', rejoin(three, second, first, last), ['ChunkReordering', 'ValidFinalChunk']),
    partial('the first chunk twice', rejoin(three, first, first, last), ['ChunkReordering', 'ValidFinalChunk'], 1),
    partial(
      'a chunk of another sealing',
      rejoin(three, first, chunkOf(other, 1), last),
      ['ChunkReordering', 'ValidFinalChunk'],
      1,
    ),
    partial('the second chunk left out', rejoin(three, first, last), ['ChunkReordering'], 1),
    partial('one byte after the end', rejoin(three, first, second, last, extra), ['TrailingData'], 2),
    partial('the last chunk twice', rejoin(three, first, second, last, last), ['TrailingData'], 2),
  ];
}

function foreignCases(): Case[] {
  const sealed = sealText('of one place');
  const wrongContext = (ctx: string): Sealed => ({ ...sealed, context: ctx });
  const wrongKey = (other: Buffer): Sealed => ({ ...sealed, key: other });
  return [
    invalid('context of another part', wrongContext(partContext(thisMessage, 1, 'attachment')), [
      'WrongContext',
      'HeaderFailure',
    ]),
    invalid('context of another purpose', wrongContext(partContext(thisMessage, 0, 'html')), [
      'WrongContext',
      'HeaderFailure',
    ]),
    invalid('context of another message', wrongContext(partContext(otherMessage, 0, 'attachment')), [
      'WrongContext',
      'HeaderFailure',
    ]),
    invalid('no context', wrongContext(''), ['WrongContext', 'HeaderFailure']),
    invalid('another key', wrongKey(fixedBytes('other key', 32)), ['WrongKey', 'HeaderFailure']),
    invalid('a key of 31 bytes', wrongKey(key.subarray(0, 31)), ['InvalidKeySize', 'HeaderFailure']),
    invalid('a key of 33 bytes', wrongKey(Buffer.concat([key, Buffer.of(0)])), ['InvalidKeySize', 'HeaderFailure']),
    invalid('no key', wrongKey(Buffer.alloc(0)), ['InvalidKeySize', 'HeaderFailure']),
  ];
}

interface Sealed {
  readonly key: Buffer;
  readonly context: string;
  readonly bytes: Buffer;
  /** What was sealed, before the bytes were changed. */
  readonly plaintext: Buffer;
}

function sealText(text: string, ctx = context): Sealed {
  return seal(Buffer.from(text), ctx, `text ${text}`);
}

// Seals the plaintext whose ciphertext is nothing but zeros: megabytes of it compress to a few lines.
function sealZeros(bytes: number, saltLabel = `zeros ${bytes}`): Sealed {
  const keystream = seal(Buffer.alloc(bytes), context, saltLabel);
  const chunks: Buffer[] = [];
  for (let n = 0; startOf(n) < keystream.bytes.length; n += 1) chunks.push(chunkOf(keystream, n).subarray(0, -16));
  return seal(Buffer.concat(chunks), context, saltLabel);
}

function seal(plaintext: Buffer, ctx: string, saltLabel: string): Sealed {
  return { key, context: ctx, bytes: sealBytes(key, ctx, plaintext, fixedBytes(saltLabel, 24)), plaintext };
}

function startOf(n: number): number {
  return HEADER_BYTES + n * SEALED_CHUNK_BYTES;
}

function chunkOf(sealed: Sealed, n: number): Buffer {
  return sealed.bytes.subarray(startOf(n), startOf(n + 1));
}

function change(sealed: Sealed, at: number): Sealed {
  const bytes = Buffer.from(sealed.bytes);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return { ...sealed, bytes };
}

function cut(sealed: Sealed, end: number): Sealed {
  return { ...sealed, bytes: sealed.bytes.subarray(0, end) };
}

function rejoin(sealed: Sealed, ...chunks: Buffer[]): Sealed {
  return { ...sealed, bytes: Buffer.concat([sealed.bytes.subarray(0, HEADER_BYTES), ...chunks]) };
}

function valid(comment: string, sealed: Sealed): Case {
  return { ...describe(comment, sealed), ...derived(sealed), ...told(sealed.plaintext), result: 'valid', flags: [] };
}

function invalid(comment: string, sealed: Sealed, flags: string[]): Case {
  const keys = flags.includes('HeaderFailure') ? {} : derived(sealed);
  return { ...describe(comment, sealed), ...keys, result: 'invalid', flags };
}

// The first `chunks` chunks are still true and in their place.
function partial(comment: string, sealed: Sealed, flags: string[], chunks: number): Case {
  const beginning = sealed.plaintext.subarray(0, chunks * chunkBytes);
  return { ...invalid(comment, sealed, [...flags, 'PartialPlaintext']), ...told(beginning) };
}

function describe(comment: string, sealed: Sealed): Pick<Case, 'comment' | 'key' | 'ctx' | 'ct'> {
  return {
    comment,
    key: sealed.key.toString('hex'),
    ctx: Buffer.from(sealed.context).toString('hex'),
    ct: deflateSync(sealed.bytes, { level: 9 }).toString('hex'),
  };
}

function derived(sealed: Sealed): Pick<Case, 'aeadKey' | 'baseNonce'> {
  const keys = deriveChunkKeys(sealed.key, sealed.bytes.subarray(0, 24), sealed.context);
  return { aeadKey: keys.key.export().toString('hex'), baseNonce: keys.baseNonce.toString('hex') };
}

function told(plaintext: Buffer): Pick<Case, 'msgLength' | 'msgSha512'> {
  return { msgLength: plaintext.length, msgSha512: createHash('sha512').update(plaintext).digest('hex') };
}

function note(bugType: string, description: string): { bugType: string; description: string } {
  return { bugType, description };
}
