// Owns filling one file from its start: pieces are written many at a time, and the disk begins with the first ones
// while the last are still made. It never calls anything durable before every byte is, and forgets no error of the disk.

import type { FileHandle } from 'node:fs/promises';

// A call for each piece of a socket's size costs more than the writing. Two of these are held: one being written, one made.
const BATCH_BYTES = 1024 * 1024;
// Often enough that little is left to wait for at the end, and never for what fits into one breath of the disk.
const FLUSH_BYTES = 4 * 1024 * 1024;

export class Appender {
  readonly #file: FileHandle;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #writing = Promise.resolve();
  #flushing = Promise.resolve();
  #isFlushing = false;
  #unflushedBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** One batch is being written while the next is made; so this returns when the one before is written. */
  async write(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) {
      this.#batch.push(piece);
      this.#batchBytes += piece.length;
    }
    if (this.#batchBytes < BATCH_BYTES) return;
    const before = this.#writing;
    this.#beginBatch();
    await before;
  }

  /** When it returns, every byte is durable. */
  async sync(): Promise<void> {
    this.#beginBatch();
    await this.#writing;
    // Linux tells an error of writing back once: whoever began a flush heard of it, and the sync would not.
    await this.#flushing;
    await this.#file.sync();
  }

  /** When it returns, nothing is under way any more, well or not: a file is not closed under a write. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#flushing]);
  }

  #beginBatch(): void {
    const batch = this.#batch;
    this.#unflushedBytes += this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#writing = this.#writing.then(() => appendAll(this.#file, batch));
    this.#writing.catch(() => undefined); // heard of by whoever writes next, or syncs
    if (this.#unflushedBytes >= FLUSH_BYTES && !this.#isFlushing) this.#beginFlush();
  }

  #beginFlush(): void {
    this.#isFlushing = true;
    this.#unflushedBytes = 0;
    // After the one before, which has ended: an error of it stays.
    this.#flushing = Promise.all([this.#writing, this.#flushing]).then(async () => {
      await this.#file.datasync();
      this.#isFlushing = false;
    });
    this.#flushing.catch(() => undefined); // heard of by whoever syncs
  }
}

async function appendAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await file.writev(pieces);
  // A short write, as on a disk that fills up: the rest is appended, or meets the error that cut it short.
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
}
