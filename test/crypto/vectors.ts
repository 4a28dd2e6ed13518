// Owns running vectors: what each case demands of the code, by every way the code has of doing it. Any file of the
// shapes in vector-files.ts can be run; a case that is not met throws.

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { deriveChunkKeys } from '../../server/crypto/chunk-keys.ts';
import {
  Opener,
  Sealer,
  openBytes,
  openStream,
  plaintextSize,
  sealBytes,
  sealedSize,
} from '../../server/crypto/cobblestone.ts';
import { KeyEncryptionKey } from '../../server/crypto/key-encryption-key.ts';
import { parseKeyring } from '../../server/crypto/keyring.ts';
import type { Keyring } from '../../server/crypto/keyring.ts';
import { parseKeyringText } from '../../server/crypto/keyring-format.ts';
import { SealBroken } from '../../server/crypto/seal-broken.ts';
import type { ChunkedCase, HashCase, RecordCase, VectorFile, VectorGroup, WrappedCase } from './vector-files.ts';

/** One case, ready to be run: it throws when the code does not do what the case says. */
export interface RunnableCase {
  readonly name: string;
  run(): Promise<void> | void;
}

/** All cases of a file. */
export function casesOf(file: VectorFile): RunnableCase[] {
  return file.testGroups.flatMap(runnable);
}

function runnable(group: VectorGroup): RunnableCase[] {
  switch (group.type) {
    case 'ChunkedEncryption':
      return group.tests.map((test) => ({ name: nameOf(test), run: () => runChunked(test) }));
    case 'WrappedDataKey':
      return group.tests.map((test) => ({ name: nameOf(test), run: () => runWrapped(group.keyring, test) }));
    case 'SealedRecord':
      return group.tests.map((test) => ({ name: nameOf(test), run: () => runRecord(group.keyring, test) }));
    case 'KeyedHash':
      return group.tests.map((test) => ({ name: nameOf(test), run: () => runHash(group.keyring, test) }));
  }
}

function nameOf(test: { tcId: number; comment: string; result: string }): string {
  return `${test.tcId}, ${test.comment}: ${test.result}`;
}

// Odd lengths cut header, chunks and tags in every place; the last one brings everything in a single piece.
const PIECE_BYTES = [4_001, 16_384, 16_401, Number.POSITIVE_INFINITY];

async function runChunked(test: ChunkedCase): Promise<void> {
  const sealing = { key: bytes(test.key), context: bytes(test.ctx), sealed: inflateSync(bytes(test.ct)) };
  checkDerivedKeys(test, sealing);
  if (test.result === 'valid') checkValid(test, sealing);
  else assert.throws(() => openBytes(sealing.key, sealing.context, sealing.sealed), SealBroken);
  for (const pieceBytes of PIECE_BYTES) await checkStream(test, sealing, pieceBytes);
  checkStaysBroken(test, sealing);
}

interface Sealing {
  readonly key: Buffer;
  readonly context: Buffer;
  readonly sealed: Buffer;
}

function checkDerivedKeys(test: ChunkedCase, { key, context, sealed }: Sealing): void {
  if (test.aeadKey === undefined) return;
  const keys = deriveChunkKeys(key, sealed.subarray(0, 24), context);
  assert.equal(keys.key.export().toString('hex'), test.aeadKey);
  assert.equal(keys.baseNonce.toString('hex'), test.baseNonce);
}

function checkValid(test: ChunkedCase, { key, context, sealed }: Sealing): void {
  const plaintext = openBytes(key, context, sealed);
  checkPlaintext(test, plaintext);
  assert.equal(plaintextSize(sealed.length), plaintext.length);
  assert.equal(sealedSize(plaintext.length), sealed.length);
  const salt = sealed.subarray(0, 24);
  assert.ok(sealBytes(key, context, plaintext, salt).equals(sealed), 'sealed whole, it is the same');
  for (const pieceBytes of PIECE_BYTES) {
    const sealer = new Sealer(key, context, salt);
    const pieces = [...cut(plaintext, pieceBytes)].flatMap((piece) => sealer.update(piece));
    const again = Buffer.concat([sealer.header(), ...pieces, ...sealer.final()]);
    assert.ok(again.equals(sealed), `sealed in pieces of ${pieceBytes}, it is the same`);
  }
}

async function checkStream(test: ChunkedCase, { key, context, sealed }: Sealing, pieceBytes: number): Promise<void> {
  const released: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of openStream(key, context, source(sealed, pieceBytes))) released.push(chunk);
  })();
  if (test.result === 'valid') await reading;
  else await assert.rejects(reading, SealBroken);

  // A stream that breaks may have released true chunks: never more than the longest true beginning.
  const plaintext = Buffer.concat(released);
  const longest = test.msgLength ?? 0;
  assert.ok(plaintext.length <= longest, `${plaintext.length} bytes released, at most ${longest} are true`);
  if (plaintext.length === longest && test.msgSha512 !== undefined) checkPlaintext(test, plaintext);
}

function checkStaysBroken(test: ChunkedCase, { key, context, sealed }: Sealing): void {
  if (test.result === 'valid') return;
  const opener = new Opener(key, context);
  const everything = (): void => void [opener.update(sealed), opener.final()];
  assert.throws(everything, SealBroken);
  assert.throws(everything, SealBroken);
  assert.throws(() => opener.final(), SealBroken);
}

function checkPlaintext(test: ChunkedCase, plaintext: Buffer): void {
  assert.equal(plaintext.length, test.msgLength);
  assert.equal(createHash('sha512').update(plaintext).digest('hex'), test.msgSha512);
}

function runWrapped(keyring: unknown, test: WrappedCase): void {
  const from = { keyId: test.keyId, wrapped: bytes(test.wrapped) };
  const unwrap = (): Buffer => loadKeyring(keyring).unwrapDataKey(from, test.messageId);
  if (test.result === 'invalid') {
    assert.throws(unwrap, SealBroken);
  } else {
    const dataKey = unwrap();
    assert.equal(dataKey.toString('hex'), test.dataKey);
    const again = keyOf(keyring, test.keyId).wrap(dataKey, test.messageId, from.wrapped.subarray(0, 12));
    assert.equal(again.toString('hex'), test.wrapped);
  }
}

function runRecord(keyring: unknown, test: RecordCase): void {
  const record = bytes(test.record);
  const open = (): Buffer => loadKeyring(keyring).openRecord(test.name, record);
  if (test.result === 'invalid') {
    assert.throws(open, SealBroken);
  } else {
    const plaintext = open();
    assert.equal(plaintext.toString('hex'), test.plaintext);
    const key = keyOf(keyring, record.subarray(1, 9).toString('ascii'));
    assert.equal(key.sealRecord(test.name, plaintext, record.subarray(9, 33)).toString('hex'), test.record);
  }
}

function runHash(keyring: unknown, test: HashCase): void {
  const { kind, purpose, value } = test;
  const loaded = loadKeyring(keyring);
  const output = kind === 'index' ? loaded.blindIndex(purpose, value) : loaded.macText(purpose, value);
  assert.equal(output, test.output);
}

function loadKeyring(contents: unknown): Keyring {
  return parseKeyring(JSON.stringify(contents));
}

function keyOf(contents: unknown, id: string): KeyEncryptionKey {
  const key = parseKeyringText(JSON.stringify(contents)).keys.find((one) => one.id === id);
  assert.ok(key !== undefined, `no key ${id}`);
  return new KeyEncryptionKey(id, Buffer.from(key.secret, 'base64url'));
}

function* cut(whole: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let start = 0; start < whole.length; start += pieceBytes) yield whole.subarray(start, start + pieceBytes);
}

async function* source(whole: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  yield* cut(whole, pieceBytes);
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
