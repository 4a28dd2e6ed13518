// Owns the last look at a composed mail: nothing leaves that a server between here and the reader could
// understand in two ways. It never repairs anything; a mail that fails here is our own mistake.

import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

const CR = 0x0d;
const LF = 0x0a;
const LINE_BYTES_MAX = 998; // RFC 5322 section 2.1.1, without CRLF

/**
 * Passes bytes on as they are and fails on a CR or LF that is not part of CRLF, a NUL, a byte over 127 or
 * a line that is too long: bare line ends are what SMTP smuggling is made of, and plain 7-bit lines need
 * neither 8BITMIME nor a server that converts.
 */
export class WireCheck extends Transform {
  #lineBytes = 0;
  #afterCr = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const byte of chunk) {
      if (this.#afterCr !== (byte === LF)) return done(new Error('A composed mail holds a bare CR or LF'));
      if (byte === 0 || byte > 127) return done(new Error('A composed mail is not 7-bit'));
      this.#afterCr = byte === CR;
      this.#lineBytes = byte === CR || byte === LF ? 0 : this.#lineBytes + 1;
      if (this.#lineBytes > LINE_BYTES_MAX) return done(new Error('A composed mail has a line over 998 bytes'));
    }
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#afterCr ? new Error('A composed mail holds a bare CR or LF') : null);
  }
}
