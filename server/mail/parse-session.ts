// Owns the reading of one mail inside the worker: first its header block whole, then its parts as they come. It
// talks in turns (parse-protocol.ts) and knows nothing of threads.

import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { findHeaderEnd, headerTooLong, parseHeaderLines } from './header-lines.ts';
import { readMailHead } from './mail-head.ts';
import type { MailHead } from './mail-head.ts';
import type { MailPart } from './mail-tree.ts';
import type { Bodies } from './mime-bodies.ts';
import { readMime } from './mime-reader.ts';
import type { MimeAttachment, MimeReader } from './mime-reader.ts';
import type { Answer, Next, PartEvent, Turn } from './parse-protocol.ts';
import { cleanFilename, isRightsProtected } from './part-names.ts';
import { readPlainBody } from './plain-body.ts';
import { unreadable } from './unreadable.ts';

export class ParseSession {
  readonly #parts: MailPart[] = [];
  #pending: Buffer = Buffer.alloc(0); // of a header that has not ended yet
  #head: MailHead | undefined;
  #bodyStart = 0; // in the bytes that came with the end of the header
  #reader: MimeReader | undefined;
  #events: PartEvent[] = [];

  /** Never rejects: what goes wrong is the mail's fault, and the answer. */
  async answer(turn: Turn): Promise<Answer> {
    const next = await this.#read(turn).catch(toRefusal);
    // No more can have gathered than was fed: what is decoded is never larger than it was.
    const events = this.#events;
    this.#events = [];
    return { events, next };
  }

  async #read(turn: Turn): Promise<Next> {
    const bytes = Buffer.from(turn.bytes.buffer, turn.bytes.byteOffset, turn.bytes.byteLength);
    const readable = this.#head === undefined ? this.#readHeader(bytes, turn.last) : bytes;
    const head = this.#head;
    if (head === undefined) return { kind: 'feed' };
    // Before any reader was made: the whole mail is here.
    const isWhole = this.#reader === undefined && turn.last;
    const plain = isWhole ? readPlainBody(head.headers, readable.subarray(this.#bodyStart)) : undefined;
    const bodies = plain ?? (await this.#readParts(readable, turn.last));
    return bodies === undefined ? { kind: 'feed' } : { kind: 'done', tree: { ...head, ...bodies, parts: this.#parts } };
  }

  async #readParts(bytes: Buffer, last: boolean): Promise<Bodies | undefined> {
    const reader = (this.#reader ??= readMime((attachment) => this.#takeAttachment(attachment)));
    if (bytes.length > 0) await Promise.race([reader.write(bytes), reader.failed]);
    return last ? reader.end() : undefined;
  }

  /** The bytes to parse, header and all, once the header block was seen and found good; none before. */
  #readHeader(bytes: Buffer, last: boolean): Buffer {
    const searchedTo = Math.max(0, this.#pending.length - 3);
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const found = findHeaderEnd(this.#pending, searchedTo);
    const end = found ?? withoutLineEnd(this.#pending);
    if (end > limits.headerBytesMax) throw headerTooLong();
    if (found === undefined && !last) return Buffer.alloc(0);
    const headers = parseHeaderLines(this.#pending.subarray(0, end));
    const contentClass = headers.find((line) => line.name === 'content-class')?.value;
    if (isRightsProtected(undefined, '', contentClass)) throw rightsProtected();
    this.#head = readMailHead(headers);
    this.#bodyStart = end + lengthOfBlankLine(this.#pending.subarray(end));
    const all = this.#pending;
    this.#pending = Buffer.alloc(0);
    return all;
  }

  async #takeAttachment(attachment: MimeAttachment): Promise<void> {
    if (attachment.rightsProtected) throw rightsProtected();
    const n = this.#parts.length + 1;
    const { contentType, charset, contentId, inline } = attachment;
    const filename = cleanFilename(attachment.filename, n, contentType);
    const part = { n, filename, contentType, ...(charset === undefined ? {} : { charset }), contentId, inline };
    this.#events.push({ kind: 'open', part });
    let size = 0;
    for await (const chunk of attachment.content) {
      size += chunk.length;
      // A copy with a buffer of its own, which can be handed over; the decoder's lies in a pool.
      this.#events.push({ kind: 'bytes', bytes: new Uint8Array(chunk) });
    }
    this.#parts.push({ ...part, size });
    this.#events.push({ kind: 'close' });
  }
}

/** A mail may end with its header, and then with or without the line end. */
function withoutLineEnd(bytes: Buffer): number {
  if (bytes.at(-1) !== 0x0a) return bytes.length;
  return bytes.at(-2) === 0x0d ? bytes.length - 2 : bytes.length - 1;
}

/** How far the body is from the end of the last header line: two line ends, or fewer where the mail ends before. */
function lengthOfBlankLine(rest: Buffer): number {
  const [lineEnd] = /^(?:\r?\n){0,2}/.exec(rest.subarray(0, 4).toString('latin1')) ?? [''];
  return lineEnd.length;
}

function rightsProtected(): AppError {
  return new AppError(
    'mail/rights-protected',
    'This mail is already rights-protected (message.rpmsg); nobody else could read it.',
  );
}

function toRefusal(error: unknown): Next {
  const refusal = error instanceof AppError ? error : unreadable('it is not well-formed', describe(error));
  return { kind: 'refused', code: refusal.code, message: refusal.message, detail: refusal.detail };
}

/** Names the error only: its message may quote the mail. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
