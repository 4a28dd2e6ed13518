// Owns what reading one part of a mail has brought so far, and what it may still cost. It knows no kind of file.

import type { LookedText, Seen, SeenFile, Source, UnreadableReason } from '../detect/look.ts';
import { faultOf, FileFault } from '../files/file-fault.ts';
import { TextSink } from '../files/text-sink.ts';
import { innerPath } from './inspected-file.ts';
import type { InnerFile, InspectedFile } from './inspected-file.ts';
import type { InspectLimits } from './limits.ts';
import { steps } from './steps.ts';

export type Unreadable = Seen['unreadable'][number];

export interface TextWriter {
  /** Throws FileFault when there is too much of it. */
  readonly write: (text: string) => void;
  /** What is no part of the text where it stands. */
  readonly aside: (text: string) => void;
}

export interface ReadingOptions {
  readonly limits: InspectLimits;
  readonly source: Source;
  /** 0: the subject or the body. */
  readonly part: number;
  readonly charactersMax: number;
  readonly stepsMax: number;
  /** Files that may still be told of. */
  readonly toldMax: number;
  readonly readFile: FileReader;
}

/** How any file is read; given, since files lie in files. */
export type FileReader = (reading: Reading, file: InspectedFile) => Promise<void>;

export class Reading {
  readonly texts: LookedText[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly limits: InspectLimits;
  readonly #source: Source;
  readonly #part: number;
  readonly #readFile: FileReader;
  readonly #toldMax: number;
  readonly #files = new Map<string, SeenFile>();
  readonly #stepsMax: number;
  #stepsLeft: number;
  #charactersLeft: number;
  #bytesLeft: number;
  #filesLeft: number;

  constructor({ limits, source, part, charactersMax, stepsMax, toldMax, readFile }: ReadingOptions) {
    this.limits = limits;
    this.#source = source;
    this.#part = part;
    this.#readFile = readFile;
    this.#charactersLeft = charactersMax;
    this.#stepsMax = stepsMax;
    this.#toldMax = toldMax;
    this.#stepsLeft = stepsMax;
    this.#bytesLeft = limits.unpackedBytesMax;
    this.#filesLeft = limits.filesMax;
  }

  /** Runs `fill`; what it has written is a text, also when it throws in the middle. */
  async take(path: readonly string[], fill: (writer: TextWriter) => void | Promise<void>): Promise<void> {
    const text = new TextSink(this.#charactersLeft);
    const aside = new TextSink(this.#charactersLeft);
    const put = (sink: TextSink, piece: string): void => {
      sink.write(piece);
      if (text.characters + aside.characters > this.#charactersLeft || sink.isCut) throw new FileFault('too-large');
    };
    try {
      await fill({ write: (piece) => put(text, piece), aside: (piece) => put(aside, `${piece}\n`) });
    } finally {
      this.#add(path, text);
      this.#add(path, aside);
    }
  }

  /** One text as it is. Throws FileFault when it is too long; its beginning is taken all the same. */
  takeText(path: readonly string[], text: string): void {
    const sink = new TextSink(this.#charactersLeft);
    sink.write(text);
    this.#add(path, sink);
    if (sink.isCut) throw new FileFault('too-large');
  }

  /** Reads a file that lies in this one. */
  async readInner(outer: InspectedFile, inner: InnerFile): Promise<void> {
    const path = innerPath(outer, inner.name);
    await this.#readFile(this, {
      contentType: undefined,
      charset: undefined,
      ...inner,
      path,
      archives: outer.archives,
    });
  }

  /** Does it, and names the file when it cannot be done. */
  async attempt(path: readonly string[], work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(path, faultOf(error));
    }
  }

  /** What is known of a file before it is read, and more of it later. Throws FileFault when there are too many. */
  tell(path: readonly string[], sizeBytes: number, types: readonly string[]): void {
    const key = JSON.stringify(path);
    const known = this.#files.get(key);
    // The attachment itself is told in any case: there are as many as the mail has.
    if (known === undefined && path.length > 0 && this.toldLeft <= 0) throw new FileFault('too-large');
    const all = [...new Set([...(known?.types ?? []), ...types])];
    // Two entries of one name: the larger counts.
    const size = Math.max(known?.sizeBytes ?? 0, sizeBytes);
    this.#files.set(key, { part: this.#part, path, types: all, sizeBytes: size });
  }

  get toldLeft(): number {
    return Math.max(0, this.#toldMax - this.#files.size);
  }

  get files(): readonly SeenFile[] {
    return [...this.#files.values()];
  }

  /** A file is about to be read. Throws FileFault when there are too many. */
  countFile(): void {
    this.spend(steps.file);
    this.#filesLeft -= 1;
    if (this.#filesLeft < 0) throw new FileFault('too-large');
  }

  /** Bytes came out of an archive or a mail. Throws FileFault when it is too much. */
  countBytes(bytes: number): void {
    this.spend(bytes * steps.plainByte);
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) throw new FileFault('too-large');
  }

  /** Before the work, or while it is done. Throws FileFault, and again whenever it is asked after that. */
  spend(some: number): void {
    this.#stepsLeft -= some;
    if (this.#stepsLeft < 0) throw new FileFault('too-slow');
  }

  get stepsSpent(): number {
    return this.#stepsMax - Math.max(0, this.#stepsLeft);
  }

  /** Names a file as one that was not read, or not to its end. */
  fail(path: readonly string[], why: UnreadableReason): void {
    const alike = this.unreadable.filter((one) => one.why === why);
    const isNamed = alike.some(
      (one) => one.path.length === path.length && one.path.every((name, n) => name === path[n]),
    );
    if (!isNamed && alike.length < this.limits.namedMax) this.unreadable.push({ part: this.#part, path, why });
  }

  #add(path: readonly string[], sink: TextSink): void {
    const text = sink.text();
    this.#charactersLeft = Math.max(0, this.#charactersLeft - text.length);
    if (text.trim() !== '') this.texts.push({ source: this.#source, part: this.#part, path, text });
  }
}
