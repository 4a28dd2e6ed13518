// Owns the bytes between DATA and the final dot of one mail: who may read them, how many there may be, and how
// the rest is thrown away after a refusal. It must never hold more than the chunk at hand, and never let a mail
// that was cut off look like a whole one.

import type { Readable } from 'node:stream';
import { AppError } from '../core/errors.ts';

/** The peer went away, or was sent away, before the final dot. Nobody is left to be answered. */
export class MailCutOff extends Error {
  constructor() {
    super('the connection ended before the mail did');
    this.name = 'MailCutOff';
  }
}

/**
 * One mail on its way in. `read()` is for whoever takes it in; `drain()` afterwards, in every case, since the
 * next command of the peer stands behind the last byte of this mail.
 */
export class IncomingContent {
  readonly #stream: Readable;
  readonly #bytesMax: number;
  #bytes = 0;

  /** `bytesMax` counts what remains when the dots are unstuffed, as RFC 1870 section 5 does. */
  constructor(stream: Readable, bytesMax: number) {
    this.#stream = stream;
    this.#bytesMax = bytesMax;
    // Without a listener, cutting the stream off before anybody reads it would end the process.
    stream.on('error', () => undefined);
  }

  /** Throws AppError('mail/too-large') past the limit, MailCutOff when the final dot never comes. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of this.#chunks()) {
      if (this.#bytes > this.#bytesMax) throw new AppError('mail/too-large', 'The mail is too large');
      yield chunk;
    }
  }

  /** True when the whole mail, up to its final dot, has been read. */
  get wholeWasRead(): boolean {
    return this.#stream.readableEnded && this.#bytes <= this.#bytesMax;
  }

  /**
   * Throws away what is left, so that the answer comes after the final dot. False when there is so much of
   * it (twice the limit in all) that the connection is better closed. Throws MailCutOff.
   */
  async drain(): Promise<boolean> {
    if (this.#stream.readableEnded) return true;
    for await (const _ of this.#chunks()) {
      if (this.#bytes > 2 * this.#bytesMax) return false;
    }
    return true;
  }

  async *#chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      // Left early, the iterator must not destroy the stream: the peer is still sending, and is owed an answer.
      for await (const chunk of this.#stream.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) throw new TypeError('a mail is made of bytes');
        this.#bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!this.#stream.destroyed) throw error; // a stream that was cut off fails in several ways; one is enough
    }
    if (!this.#stream.readableEnded) throw new MailCutOff();
  }
}
