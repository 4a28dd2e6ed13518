// Owns the way of a connection's bytes into the package's parser: past the guard of line ends, and those of a mail past
// our own reader of dots. It knows no command and no answer.

import type { SMTPServerDataStream } from 'smtp-server';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { LineEndingGuard } from './line-endings.ts';
import { DotUnstuffer } from './smtp-data.ts';

/** `onBareLineEnding` is called once, when all that stood before the bare CR or LF has been worked off. */
export class GuardedParser extends SMTPStream {
  readonly #guard = new LineEndingGuard();
  readonly #onBareLineEnding: () => void;
  #spent = false;
  #unstuffer = new DotUnstuffer();

  constructor(onBareLineEnding: () => void, maxCommandLength: number | undefined) {
    super({ maxCommandLength });
    this.#onBareLineEnding = onBareLineEnding;
  }

  // `write`, which the socket calls once for each chunk, and not `_write`, which the package calls again for the
  // rest of a chunk. What stands before the fault is worked off first, in its order; the fault and all behind it
  // never reach the parser.
  override write(chunk: unknown): boolean {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a socket writes bytes');
    if (this.#spent) return true;
    const bareAt = this.#guard.findBare(chunk);
    if (bareAt === -1) return super.write(chunk);
    this.#spent = true;
    return super.write(chunk.subarray(0, bareAt), (error) => {
      if (!error && !this.isClosed) this.#onBareLineEnding();
    });
  }

  override startDataMode(maxBytes?: number): SMTPServerDataStream {
    this.#unstuffer = new DotUnstuffer();
    return super.startDataMode(maxBytes);
  }

  // Instead of the package's search, which looks at each byte and takes a turn of the event loop for each dot.
  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    const stream = this._dataStream;
    if (stream === null) throw new Error('bytes of a mail outside of a mail');
    const { content, end } = this.#unstuffer.take(chunk);
    this._countDataBytes(content.length);
    if (end !== undefined) return this._endDataMode(content, chunk.subarray(end), done);
    if (content.length === 0 || !stream.writable || stream.write(content)) return done();
    // A stream that was cut off does not drain, it only closes.
    const goOn = (): void => {
      stream.off('drain', goOn).off('close', goOn);
      done();
    };
    stream.on('drain', goOn).on('close', goOn);
  }

  // A command without its line ending, left over when the peer hangs up, is no command.
  override _flushData(): void {}
}
