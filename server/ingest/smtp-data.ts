// Owns where a mail ends on the SMTP wire, and which of its dots are not its own: only CR LF . CR LF is the end, and
// the dot that begins any other line was put there for the way and is taken off again. However the bytes are cut
// into chunks, the same mail comes out. It must never see a bare CR or LF: line-endings.ts stands before it.
// RFC 5321 section 4.5.2.

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const LINE_END_AND_DOT = Buffer.from('\r\n.');

/** What was taken last: bytes of a line, its CR, its line end, the dot that began the next one, the CR after that dot. */
type Place = 'text' | 'cr' | 'line' | 'dot' | 'dot-cr';

export interface Taken {
  /** Lies in the chunk that was given. */
  readonly content: Buffer;
  /** Where in the chunk the next command begins; undefined while the mail goes on. */
  readonly end: number | undefined;
}

/** Takes one mail, from the first byte after the reply to DATA. */
export class DotUnstuffer {
  #place: Place = 'line';

  /** Moves bytes within `chunk`, which is the caller's no more. Not to be called again after the end. */
  take(chunk: Buffer): Taken {
    let place = this.#place;
    let at = 0;
    let kept = 0;
    while (at < chunk.length) {
      if (kept === at && place === 'text') {
        // Up to the first line that begins with a dot nothing has to be looked at, nor moved.
        const next = chunk.indexOf(LINE_END_AND_DOT, at);
        place = next === -1 ? placeAfter(chunk) : 'line';
        at = next === -1 ? chunk.length : next + 2;
        kept = at;
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (place === 'line' && byte === DOT) {
        place = 'dot';
      } else if (place === 'dot' && byte === CR) {
        place = 'dot-cr';
      } else if (place === 'dot-cr') {
        if (byte !== LF) throw new Error('a bare CR came past its guard');
        return { content: chunk.subarray(0, kept), end: at };
      } else {
        place = byte === CR ? 'cr' : byte === LF && place === 'cr' ? 'line' : 'text';
        chunk[kept] = byte;
        kept += 1;
      }
    }
    this.#place = place;
    return { content: chunk.subarray(0, kept), end: undefined };
  }
}

function placeAfter(chunk: Buffer): Place {
  if (chunk.at(-1) === CR) return 'cr';
  return chunk.at(-1) === LF && chunk.at(-2) === CR ? 'line' : 'text';
}
