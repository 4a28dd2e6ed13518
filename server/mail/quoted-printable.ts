// Owns the decoding of quoted-printable as a stream (RFC 2045 section 6.7). The library's own decoder keeps a
// whole part in memory several times over until it ends, which a long text attachment would make too much.

import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

/** Forgiving: what is not an escape stays as it is written. */
export class QuotedPrintableDecoder extends Transform {
  /** Bytes that may yet turn out to be white space at a line's end, or half an escape. */
  #held: number[] = [];
  #state: State = 'text';

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const out = Buffer.allocUnsafe(chunk.length + HELD_MAX + 4);
    let length = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#state !== 'text') {
        const action = this.#readEscape(byte);
        if (action === 'wait') continue;
        if (typeof action === 'number') {
          out[length++] = action;
          continue;
        }
        // Not an escape after all: what was held goes out, and this byte is read anew as text.
        if (action === 'literal') length = this.#release(out, length);
        this.#held = [];
      }
      if (byte === EQUALS) {
        length = this.#release(out, length); // white space before a soft line break counts
        this.#held.push(byte);
        this.#state = 'equals';
      } else if (byte === SPACE || byte === TAB) {
        if (this.#held.length >= HELD_MAX) length = this.#release(out, length);
        this.#held.push(byte);
      } else if (byte === CR || byte === LF) {
        this.#held = []; // rule 3: white space at the end of a line was added on the way
        out[length++] = byte;
      } else {
        length = this.#release(out, length);
        out[length++] = byte;
      }
    }
    done(null, out.subarray(0, length));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#state === 'hex' ? Buffer.from(this.#held) : Buffer.alloc(0));
  }

  /** One byte after "=": the decoded byte, `wait`, `soft` (the line goes on) or `literal`. */
  #readEscape(byte: number): number | 'wait' | 'soft' | 'literal' {
    const state = this.#state;
    this.#state = 'text';
    const isBlank = byte === SPACE || byte === TAB;
    if (state === 'equals' && hexValue(byte) >= 0) return this.#hold(byte, 'hex');
    if (state === 'hex') {
      const low = hexValue(byte);
      if (low < 0) return 'literal';
      const high = hexValue(this.#held[1] ?? 0);
      this.#held = [];
      return high * 16 + low;
    }
    if (state === 'soft-cr') {
      if (byte !== LF) return 'soft';
      this.#held = [];
      return 'wait';
    }
    if (isBlank && this.#held.length < HELD_MAX) return this.#hold(byte, 'padding');
    if (byte === CR) return this.#hold(byte, 'soft-cr');
    if (byte !== LF) return 'literal';
    this.#held = [];
    return 'wait';
  }

  #hold(byte: number, state: State): 'wait' {
    this.#held.push(byte);
    this.#state = state;
    return 'wait';
  }

  #release(out: Buffer, length: number): number {
    if (this.#held.length === 0) return length;
    for (const byte of this.#held) out[length++] = byte;
    this.#held = [];
    return length;
  }
}

type State = 'text' | 'equals' | 'hex' | 'padding' | 'soft-cr';

const HELD_MAX = 512;
const EQUALS = 0x3d;
const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
