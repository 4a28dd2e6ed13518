// Owns the one use of mailparser: the MIME structure of a mail, its texts and its attachments as streams. Runs
// only inside the worker that can be killed. It keeps what the parser does not: limits on depth, parts, header
// lines and text, and every text of the mail in its right alternative. The header of the mail itself is read
// elsewhere (header-lines.ts); mailparser's reading of addresses, subjects and dates is left unused.

import type { Readable, Transform } from 'node:stream';
import { MailParser } from 'mailparser';
import { limits } from '../core/limits.ts';
import { checkStructure, collectBodies, isSmimeSignature } from './mime-bodies.ts';
import type { Bodies, TreeNode } from './mime-bodies.ts';
import { cleanCharset, cleanContentId, cleanContentType, isRightsProtected } from './part-names.ts';
import { QuotedPrintableDecoder } from './quoted-printable.ts';
import { unreadable } from './unreadable.ts';

export interface MimeAttachment {
  readonly filename: string | undefined;
  readonly contentType: string;
  /** As a text says of itself, right or wrong. */
  readonly charset: string | undefined;
  readonly contentId: string | undefined;
  readonly inline: boolean;
  readonly rightsProtected: boolean;
  readonly content: AsyncIterable<Buffer>;
}

export interface MimeReader {
  /** Settles when more bytes may come. */
  write(bytes: Uint8Array): Promise<void>;
  /** All bytes were given: the texts, after the last attachment was taken. */
  end(): Promise<Bodies>;
  /** Rejects as soon as reading has failed; a pending `write` may then never settle. */
  readonly failed: Promise<never>;
}

/** `take` gets the attachments one after the other; the next one waits until it is done. */
export function readMime(take: (attachment: MimeAttachment) => Promise<void>): MimeReader {
  const parser = new BoundedParser();
  const finished = takeAll(parser, take);
  const failed = new Promise<never>((_, reject) => void finished.catch(reject));
  failed.catch(() => undefined); // whoever waits for `end` hears of it
  return {
    write: (bytes) => new Promise((resolve) => void parser.write(bytes, () => resolve())),
    end: async () => {
      parser.end();
      await finished;
      return parser.bodies();
    },
    failed,
  };
}

async function takeAll(parser: BoundedParser, take: (attachment: MimeAttachment) => Promise<void>): Promise<void> {
  for await (const item of parser) {
    if (!isAttachment(item)) continue;
    if (parser.isSignature(item.headers)) {
      for await (const _ of item.content);
      item.release();
      continue;
    }
    await take({
      filename: item.filename,
      contentType: cleanContentType(item.contentType),
      charset: cleanCharset(item.headers.get('content-type')),
      contentId: cleanContentId(item.headers.get('content-id')),
      inline: item.headers.has('content-id') && (item.contentDisposition === 'inline' || item.related === true),
      rightsProtected: isRightsProtected(
        item.filename,
        cleanContentType(item.contentType),
        item.headers.get('content-class'),
      ),
      content: item.content,
    });
    item.release();
  }
}

/** What mailparser hands out, with the header map that `processHeaders` below makes. */
interface Attachment {
  readonly type: 'attachment';
  readonly content: Readable;
  readonly contentType: string | undefined;
  readonly contentDisposition?: string;
  readonly filename?: string;
  readonly related?: boolean;
  readonly headers: ReadonlyMap<string, string>;
  release(): void;
}

function isAttachment(item: unknown): item is Attachment {
  return typeof item === 'object' && item !== null && 'type' in item && item.type === 'attachment';
}

// The parser's insides that are overridden, as of the pinned version. They are looked for when the module loads,
// so that another version stops the start instead of quietly reading without limits.
interface Insides extends Transform {
  tree: TreeNode | false;
  curnode: TreeNode | false;
  createNode(node: TreeNode['node']): TreeNode;
  processHeaders(lines: readonly { key: string; line: string }[] | undefined): Map<string, string>;
  processChunk(data: SplitterItem, done: (error?: unknown) => void): void;
  getTextContent(): unknown;
  cleanup(done: (error?: unknown) => void): void;
}

interface SplitterItem {
  readonly type: 'node' | 'body' | 'data';
  readonly value?: Buffer;
}

const OVERRIDDEN = ['processHeaders', 'processChunk', 'getTextContent', 'cleanup', 'createNode'];
const Base = checkInsides(MailParser);

function checkInsides(base: unknown): new (options: object) => Insides {
  const prototype: unknown = typeof base === 'function' ? base.prototype : undefined;
  for (const name of OVERRIDDEN) {
    if (typeof prototype !== 'object' || prototype === null || typeof Reflect.get(prototype, name) !== 'function') {
      throw new Error(`mailparser has no ${name}: mime-reader.ts was written for another version`);
    }
  }
  return base as new (options: object) => Insides; // has each method that is overridden, checked above
}

const OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepDeliveryStatus: true,
  // An enclosed mail stays one attachment with its own bytes; else its parts would pass for parts of this one.
  ignoreEmbedded: true,
  maxHeadSize: limits.headerBytesMax,
  maxChildNodes: limits.mimePartsMax,
};

// Quoted-printable needs three bytes for one; the exact limit is checked on the decoded text.
const ENCODED_TEXT_BYTES_MAX = 3 * limits.bodyTextBytesMax;

class BoundedParser extends Base {
  #attachments = 0;
  #encodedTextBytes = 0;
  #texts = 0;
  #openTexts = 0;
  #onTextsRead: (() => void) | undefined;
  #bodies: Bodies | undefined;
  /** Header maps of parts that are nothing but a signature of the part beside them. */
  readonly #signatures = new WeakSet<object>();

  constructor() {
    super(OPTIONS);
  }

  bodies(): Bodies {
    if (this.#bodies === undefined) throw unreadable('it ends too early');
    return this.#bodies;
  }

  /** Of S/MIME, further in than where signatures are checked. No file to anybody: it fits the bytes as they came, which nobody gets. */
  isSignature(headers: object): boolean {
    return this.#signatures.has(headers);
  }

  /** Only what attachments need, raw. Of several lines with one name the first counts, as it does in the splitter. */
  override processHeaders(lines: readonly { key: string; line: string }[] | undefined): Map<string, string> {
    const headers = new Map<string, string>();
    for (const { key, line } of lines ?? []) {
      if (!KEPT_HEADERS.includes(key) || headers.has(key)) continue;
      headers.set(
        key,
        line
          .slice(line.indexOf(':') + 1)
          .replace(/\r?\n/g, '')
          .trim(),
      );
    }
    return headers;
  }

  override createNode(node: TreeNode['node']): TreeNode {
    checkStructure(node);
    // A text that carries a file's name and is not the first one was attached, whatever its disposition says.
    if (this.#texts > 0 && node.filename !== false && TEXT_TYPES.includes(node.contentType || ''))
      node.disposition = 'attachment';
    if (node.encoding === 'quoted-printable') node.getDecoder = () => new QuotedPrintableDecoder();
    const created = super.createNode(node);
    if (isSmimeSignature(node)) this.#signatures.add(created.headers);
    if (created.isAttachment === false) this.#texts++;
    if (created.isAttachment === true && ++this.#attachments > limits.attachmentsMax)
      throw unreadable('it has too many attachments', 'too-large');
    return created;
  }

  override processChunk(item: SplitterItem, done: (error?: unknown) => void): void {
    try {
      this.#countText(item);
      super.processChunk(item, done);
      if (item.type === 'node') this.#watchText();
    } catch (error) {
      done(error);
    }
  }

  override getTextContent(): unknown {
    if (this.tree !== false) this.#bodies = collectBodies(this.tree);
    return { type: 'text' };
  }

  /** mailparser may come here before the last text was decoded, and would then lose it. */
  override cleanup(done: (error?: unknown) => void): void {
    if (this.#openTexts === 0) super.cleanup(done);
    else this.#onTextsRead = () => super.cleanup(done);
  }

  #countText(item: SplitterItem): void {
    if (item.type !== 'body' || this.curnode === false || this.curnode.isAttachment !== false) return;
    this.#encodedTextBytes += item.value?.length ?? 0;
    if (this.#encodedTextBytes > ENCODED_TEXT_BYTES_MAX) throw unreadable('its text is too long', 'too-large');
  }

  #watchText(): void {
    const stream = this.curnode === false ? undefined : this.curnode.contentStream;
    if (stream === undefined) return;
    this.#openTexts++;
    stream.once('end', () => {
      if (--this.#openTexts === 0) this.#onTextsRead?.();
    });
  }
}

const KEPT_HEADERS = ['content-id', 'content-class', 'content-type'];
const TEXT_TYPES = ['text/plain', 'text/html'];
