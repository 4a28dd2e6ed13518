// Owns the bytes of Cobblestone-256 (docs/envelope.md, section 1): sealing and opening, whole or as a stream.
// It never makes, wraps or stores a key, and never releases plaintext that its tag has not proved.
// https://c2sp.org/chunked-encryption

import { keyBytes, openChecked, seal, sealInto, tagBytes } from './aead.ts';
import { chunkNonce, commitmentBytes, deriveChunkKeys, saltBytes } from './chunk-keys.ts';
import type { ChunkKeys } from './chunk-keys.ts';
import { equalBytes } from './digest.ts';
import { Gather } from './gather.ts';
import { randomBytes } from './random.ts';
import { SealBroken } from './seal-broken.ts';

export const chunkBytes = 16 * 1024;

const SEALED_CHUNK_BYTES = chunkBytes + tagBytes;
const HEADER_BYTES = saltBytes + commitmentBytes;

/** How many bytes `plaintextBytes` become when they are sealed. */
export function sealedSize(plaintextBytes: number): number {
  return HEADER_BYTES + plaintextBytes + tagBytes * (Math.floor(plaintextBytes / chunkBytes) + 1);
}

/** Where chunk `n` begins in the sealed bytes; before the first one stands the header. */
export function chunkStart(n: number): number {
  return HEADER_BYTES + n * SEALED_CHUNK_BYTES;
}

/** How many bytes come out of `sealedBytes`. @throws {SealBroken} when nothing that was sealed has that size. */
export function plaintextSize(sealedBytes: number): number {
  const body = sealedBytes - HEADER_BYTES;
  const last = body % SEALED_CHUNK_BYTES;
  if (body < 0 || last < tagBytes) throw new SealBroken();
  return Math.floor(body / SEALED_CHUNK_BYTES) * chunkBytes + last - tagBytes;
}

/** The whole plaintext, sealed. `key` has 32 random bytes; `salt` is for reproducing vectors only. */
export function sealBytes(
  key: Uint8Array,
  context: Uint8Array | string,
  plaintext: Uint8Array,
  salt: Uint8Array = randomBytes(saltBytes),
): Buffer {
  const keys = deriveSealingKeys(key, context, salt);
  const sealed = Buffer.allocUnsafe(sealedSize(plaintext.length));
  sealed.set(salt);
  sealed.set(keys.commitment, saltBytes);
  for (let n = 0; n * chunkBytes <= plaintext.length; n += 1) {
    const chunk = plaintext.subarray(n * chunkBytes, (n + 1) * chunkBytes);
    sealInto(sealed, chunkStart(n), keys.key, chunkNonce(keys.baseNonce, n), chunk);
  }
  return sealed;
}

/** The whole plaintext of `sealed`. @throws {SealBroken} */
export function openBytes(key: Uint8Array, context: Uint8Array | string, sealed: Uint8Array): Buffer {
  const plaintext = Buffer.allocUnsafe(plaintextSize(sealed.length));
  const keys = checkHeader(key, context, sealed.subarray(0, HEADER_BYTES));
  for (let n = 0; n * chunkBytes <= plaintext.length; n += 1) {
    const chunk = sealed.subarray(chunkStart(n), chunkStart(n + 1));
    openChecked(keys.key, chunkNonce(keys.baseNonce, n), chunk).copy(plaintext, n * chunkBytes);
  }
  return plaintext;
}

/**
 * The plaintext of a stream, one checked chunk at a time. It is complete only when the generator ends without
 * an error. Errors of the source pass through. @throws {SealBroken}
 */
export async function* openStream(
  key: Uint8Array,
  context: Uint8Array | string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  const opener = new Opener(key, context);
  for await (const piece of source) yield* opener.update(piece);
  const last = opener.final();
  if (last.length > 0) yield last;
}

/** Seals a stream: `header()`, then every `update()`, then `final()`; joined, they are the sealed bytes. */
export class Sealer {
  readonly #salt: Uint8Array;
  readonly #keys: ChunkKeys;
  readonly #gather = new Gather(chunkBytes);
  #chunks = 0;
  #finished = false;

  /** `salt` is for reproducing vectors only: two plaintexts sealed alike would betray each other. */
  constructor(key: Uint8Array, context: Uint8Array | string, salt: Uint8Array = randomBytes(saltBytes)) {
    this.#salt = salt;
    this.#keys = deriveSealingKeys(key, context, salt);
  }

  /** Salt and commitment, 56 bytes. */
  header(): Buffer {
    return Buffer.concat([this.#salt, this.#keys.commitment]);
  }

  /**
   * Takes plaintext of any length, gives the sealed chunks that it completes, possibly none: pieces of memory of their
   * own, in their order. Copies what it keeps.
   */
  update(piece: Uint8Array): Buffer[] {
    this.#checkUnfinished();
    const sealed: Buffer[] = [];
    for (const chunk of this.#gather.take(piece)) sealed.push(...this.#seal(chunk));
    return sealed;
  }

  /** The last chunk: always there, though it may hold nothing but its tag. */
  final(): Buffer[] {
    this.#checkUnfinished();
    this.#finished = true;
    return this.#seal(this.#gather.rest());
  }

  #seal(chunk: Uint8Array): [Buffer, Buffer] {
    const sealed = seal(this.#keys.key, chunkNonce(this.#keys.baseNonce, this.#chunks), chunk);
    this.#chunks += 1;
    return sealed;
  }

  // A chunk after the last one would be a second message under the same nonces.
  #checkUnfinished(): void {
    if (this.#finished) throw new TypeError('This sealer has finished.');
  }
}

/** Opens a stream: every `update()`, then `final()`. Broken or finished, it stays so. */
export class Opener {
  readonly #key: Uint8Array;
  readonly #context: Uint8Array | string;
  readonly #gather = new Gather(HEADER_BYTES);
  #keys: ChunkKeys | undefined;
  #chunks: number;
  #closed = false;

  /** `firstChunk`: the number of the chunk that follows the header. */
  constructor(key: Uint8Array, context: Uint8Array | string, firstChunk = 0) {
    this.#key = key;
    this.#context = context;
    this.#chunks = firstChunk;
  }

  /** The plaintext of the chunks that `piece` completes, each checked. @throws {SealBroken} at the first fault. */
  update(piece: Uint8Array): Buffer[] {
    this.#checkOpen();
    this.#closed = true; // and left so when a fault throws us out of here
    const opened: Buffer[] = [];
    for (const block of this.#gather.take(piece)) {
      if (this.#keys === undefined) {
        this.#keys = checkHeader(this.#key, this.#context, block);
        this.#gather.blockBytes = SEALED_CHUNK_BYTES; // what follows the header is chunks
      } else {
        opened.push(this.#open(this.#keys, block));
      }
    }
    this.#closed = false;
    return opened;
  }

  /** The plaintext of the last chunk, possibly empty. @throws {SealBroken} when it is missing or changed. */
  final(): Buffer {
    this.#checkOpen();
    this.#closed = true;
    if (this.#keys === undefined) throw new SealBroken();
    return this.#open(this.#keys, this.#gather.rest());
  }

  #open(keys: ChunkKeys, sealed: Uint8Array): Buffer {
    const plaintext = openChecked(keys.key, chunkNonce(keys.baseNonce, this.#chunks), sealed);
    this.#chunks += 1;
    return plaintext;
  }

  #checkOpen(): void {
    if (this.#closed) throw new SealBroken();
  }
}

// A wrong key or salt at sealing is a fault in the program and says so; at opening it is one more thing that does not open.
function deriveSealingKeys(key: Uint8Array, context: Uint8Array | string, salt: Uint8Array): ChunkKeys {
  if (key.length !== keyBytes) throw new TypeError('A key that seals has 32 bytes.');
  if (salt.length !== saltBytes) throw new TypeError('A salt has 24 bytes.');
  return deriveChunkKeys(key, salt, context);
}

function checkHeader(key: Uint8Array, context: Uint8Array | string, header: Uint8Array): ChunkKeys {
  if (key.length !== keyBytes) throw new SealBroken();
  const keys = deriveChunkKeys(key, header.subarray(0, saltBytes), context);
  if (!equalBytes(keys.commitment, header.subarray(saltBytes))) throw new SealBroken();
  return keys;
}
