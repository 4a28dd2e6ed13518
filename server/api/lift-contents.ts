// Owns reading a message's JSON while it arrives: the base64 of each file is lifted out and handed on piece by
// piece; what is left is small, and is judged as a whole by JSON.parse. It looks only for where strings, objects and
// lists begin and end. Should it be misled by something that is no JSON, JSON.parse will refuse what is left of it.
// RFC 8259.

import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { Base64Decoder } from './base64-decoder.ts';

/** What happens to the file that stands at `index` in `attachments`; one after the other. */
export type Lifted =
  | { readonly kind: 'open' | 'close'; readonly index: number }
  | { readonly kind: 'bytes'; readonly index: number; readonly bytes: Buffer };

interface Frame {
  readonly isList: boolean;
  /** Of the element that a list is at. */
  index: number;
  /** Of the member that an object is at, once its name has been read. */
  name: string | undefined;
  readonly names: Set<string>;
}

const DEPTH_MAX = 16;
const NAMES_MAX = 100;
const FIELDS_BYTES_AT_FIRST = 4 * 1024;
const [QUOTE = 0, BACKSLASH = 0, COMMA, LIST, LIST_END, OBJECT, OBJECT_END] = Buffer.from('"\\,[]{}');
const utf8 = new TextDecoder('utf-8', { fatal: true });
const NAME_CHARACTERS_SHOWN = 40;

/** Takes the body chunk by chunk. Throws request/malformed; mail/too-large when all but the contents is too much. */
export class ContentLifter {
  readonly #fieldBytesMax: number;
  // A copy of all but the contents: views would keep whole chunks, which are mostly content.
  #fields = Buffer.allocUnsafe(FIELDS_BYTES_AT_FIRST);
  #fieldBytes = 0;
  readonly #frames: Frame[] = [];
  /** What the string under way is; undefined between strings. */
  #within: 'name' | 'value' | 'content' | undefined;
  #afterBackslash = false;
  #name: Buffer[] = [];
  #content = new ContentReader();

  constructor(fieldBytesMax: number) {
    this.#fieldBytesMax = fieldBytesMax;
  }

  /** What is lifted out of this chunk; all of it must be asked for before the next. */
  *take(chunk: Buffer): Generator<Lifted, void, undefined> {
    for (let at = 0; at < chunk.length;) {
      if (this.#within === 'content') at = yield* this.#takeContent(chunk, at);
      else at = yield* this.#takeFields(chunk, at);
    }
  }

  /** After the last chunk: the whole, in which each content that was lifted out is ''. */
  value(): unknown {
    try {
      return JSON.parse(utf8.decode(this.#fields.subarray(0, this.#fieldBytes)));
    } catch {
      throw malformed();
    }
  }

  /** Up to the next content, whose quote belongs to the fields, or to the end of the chunk. */
  *#takeFields(chunk: Buffer, from: number): Generator<Lifted, number, undefined> {
    let nameFrom = from;
    let backslash = -1;
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#within === undefined) {
        if (byte !== QUOTE) {
          this.#step(byte);
          continue;
        }
        this.#within = this.#nextString();
        nameFrom = at;
        if (this.#within !== 'content') continue;
        this.#keep(chunk.subarray(from, at + 1));
        this.#content = new ContentReader();
        yield { kind: 'open', index: this.#fileIndex() };
        return at + 1;
      }
      if (this.#afterBackslash) {
        this.#afterBackslash = false;
        continue;
      }
      // A string may be long, and only these two bytes of it count here.
      if (backslash < at) backslash = indexOrEnd(chunk, BACKSLASH, at);
      at = Math.min(indexOrEnd(chunk, QUOTE, at), backslash);
      if (at === chunk.length) break;
      if (at === backslash) this.#afterBackslash = true;
      else {
        if (this.#within === 'name') this.#takeName(chunk.subarray(nameFrom, at + 1));
        this.#within = undefined;
      }
    }
    this.#keep(chunk.subarray(from));
    if (this.#within === 'name') this.#name.push(Buffer.from(chunk.subarray(nameFrom)));
    return chunk.length;
  }

  *#takeContent(chunk: Buffer, from: number): Generator<Lifted, number, undefined> {
    const quote = chunk.indexOf(QUOTE, from);
    const end = quote === -1 ? chunk.length : quote;
    const index = this.#fileIndex();
    const bytes = this.#content.take(chunk.toString('latin1', from, end), quote !== -1);
    if (bytes === undefined) {
      throw new AppError('request/malformed', `attachments.${index}.content is not of the form it should have`);
    }
    if (bytes.length > 0) yield { kind: 'bytes', index, bytes };
    if (quote === -1) return end;
    this.#within = undefined;
    yield { kind: 'close', index };
    this.#keep(chunk.subarray(quote, quote + 1));
    return quote + 1;
  }

  /** A byte between strings. */
  #step(byte: number | undefined): void {
    if (byte === OBJECT || byte === LIST) {
      if (this.#frames.length === DEPTH_MAX) throw malformed();
      this.#frames.push({ isList: byte === LIST, index: 0, name: undefined, names: new Set() });
    } else if (byte === OBJECT_END || byte === LIST_END) {
      this.#frames.pop();
    } else if (byte === COMMA) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return;
      frame.index += 1;
      frame.name = undefined;
    }
  }

  #nextString(): 'name' | 'value' | 'content' {
    const [message, list, file, deeper] = this.#frames;
    const innermost = this.#frames.at(-1);
    if (innermost !== undefined && !innermost.isList && innermost.name === undefined) return 'name';
    const isContent =
      deeper === undefined && message?.name === 'attachments' && list?.isList === true && file?.name === 'content';
    return isContent ? 'content' : 'value';
  }

  /** `end` is the name's last piece. Of two fields with one name nobody could say which counts. */
  #takeName(end: Buffer): void {
    const frame = this.#frames.at(-1);
    const name = parseName(Buffer.concat([...this.#name, end]));
    this.#name = [];
    if (frame === undefined) return;
    if (frame.names.has(name)) {
      throw new AppError('request/malformed', `The call has the field ${name.slice(0, NAME_CHARACTERS_SHOWN)} twice`);
    }
    if (frame.names.size === NAMES_MAX) throw new AppError('request/malformed', 'The call has too many fields');
    frame.names.add(name);
    frame.name = name;
  }

  #fileIndex(): number {
    const index = this.#frames[1]?.index ?? 0;
    if (index < limits.attachmentsMax) return index;
    throw new AppError('request/malformed', 'attachments is too long or too large');
  }

  #keep(bytes: Buffer): void {
    const end = this.#fieldBytes + bytes.length;
    if (end > this.#fieldBytesMax) {
      throw new AppError('mail/too-large', 'What stands beside the files is larger than a message may be.');
    }
    if (end > this.#fields.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, 2 * this.#fields.length));
      this.#fields.copy(larger, 0, 0, this.#fieldBytes);
      this.#fields = larger;
    }
    bytes.copy(this.#fields, this.#fieldBytes);
    this.#fieldBytes = end;
  }
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from);
  return index === -1 ? chunk.length : index;
}

/** One string of base64 as JSON writes it; many programs escape its slashes, some its plus and equals signs. */
class ContentReader {
  readonly #decoder = new Base64Decoder();
  #escape = '';

  /** Undefined when it is not base64. */
  take(text: string, last: boolean): Buffer | undefined {
    let all = this.#escape + text;
    this.#escape = last ? '' : (UNFINISHED_ESCAPE.exec(all)?.[0] ?? '');
    all = all.slice(0, all.length - this.#escape.length);
    const bytes = this.#decoder.take(all.includes('\\') ? unescape(all) : all);
    return last && !this.#decoder.isWhole ? undefined : bytes;
  }
}

const UNFINISHED_ESCAPE = /\\(?:u[0-9A-Fa-f]{0,3})?$/;

// What else can be escaped is no letter of base64, and its backslash is left to be found wrong.
function unescape(text: string): string {
  return text.replace(/\\(?:\/|u([0-9A-Fa-f]{4}))/g, (_, hex: string | undefined) =>
    hex === undefined ? '/' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function parseName(bytes: Buffer): string {
  try {
    return String(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw malformed();
  }
}

function malformed(): AppError {
  return new AppError('request/malformed', 'The body could not be read as JSON.');
}
