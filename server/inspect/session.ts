// Owns inspecting one mail inside the worker: its texts and attachments are read and looked through one after the
// other. It knows nothing of threads. It may be ended at any moment; what it has answered by then stands.

import { lookThrough } from '../detect/look.ts';
import type { Look, LookedText, Seen, Source } from '../detect/look.ts';
import { typesOfBytes } from '../files/types-by-bytes.ts';
import { inspectedKind } from './inspected-kind.ts';
import { takeHtml } from './kinds/text.ts';
import type { InspectLimits } from './limits.ts';
import type { Answer, Ask, MailTexts, PartHead } from './protocol.ts';
import { readFile } from './read-file.ts';
import { Reading } from './reading.ts';

export class InspectSession {
  readonly #limits: InspectLimits;
  #looks: readonly Look[] = [];
  #charactersLeft = 0;
  #stepsLeft = 0;
  #toldLeft = 0;
  /** Of the attachments so far, to look through them together in the end. */
  #texts: LookedText[] = [];
  #hits: Seen['hits'][] = [];
  #part: Gathering | undefined;

  constructor(limits: InspectLimits) {
    this.#limits = limits;
  }

  async answer(ask: Ask): Promise<Answer> {
    switch (ask.kind) {
      case 'begin':
        this.#looks = ask.looks ?? this.#looks;
        this.#charactersLeft = ask.charactersMax;
        this.#stepsLeft = ask.stepsMax;
        this.#toldLeft = ask.toldMax;
        this.#forget();
        return ask.texts === undefined ? this.#seen([]) : this.#readTexts(ask.texts);
      case 'part':
        this.#part = new Gathering(ask.part, this.#limits);
        return this.#gather(this.#part, ask.bytes, ask.last);
      case 'more':
        if (this.#part === undefined) throw new Error('more of no part');
        return this.#gather(this.#part, ask.bytes, ask.last);
      case 'end':
        return this.#end();
    }
  }

  async #readTexts({ subject, text, html }: MailTexts): Promise<Answer> {
    const title = this.#begin('subject', 0);
    await title.attempt([], () => title.takeText([], subject));
    const body = this.#begin('body', 0);
    if (text !== undefined) await body.attempt([], () => body.takeText([], text));
    if (html !== undefined) await body.attempt([], () => takeHtml(body, [], html));
    return this.#seen(lookThrough(this.#looks, [...title.texts, ...body.texts]), title, body);
  }

  async #gather(part: Gathering, bytes: Uint8Array, last: boolean): Promise<Answer> {
    if (!part.take(bytes) && !last) return { kind: 'feed' };
    this.#part = undefined;
    const reading = this.#begin('attachments', part.head.n);
    await part.read(reading);
    const hits = lookThrough(this.#looks, reading.texts);
    this.#texts.push(...reading.texts);
    this.#hits.push(hits);
    return this.#seen(hits, reading);
  }

  // What is in two attachments is one finding. Only then there is a reason to look twice.
  #end(): Answer {
    const found = this.#hits.flat();
    const twice = new Set(found.map(({ look }) => look).filter((look, n, all) => all.indexOf(look) !== n));
    const again = this.#looks.filter(({ id }) => twice.has(id));
    const together = again.length === 0 ? [] : lookThrough(again, this.#texts);
    this.#forget();
    return this.#seen([...found.filter(({ look }) => !twice.has(look)), ...together]);
  }

  #begin(source: Source, part: number): Reading {
    const limits = this.#limits;
    const charactersMax = Math.min(limits.partCharactersMax, this.#charactersLeft);
    const stepsMax = Math.min(limits.partStepsMax, this.#stepsLeft);
    return new Reading({ limits, source, part, charactersMax, stepsMax, toldMax: this.#toldLeft, readFile });
  }

  #seen(hits: Seen['hits'], ...readings: readonly Reading[]): Answer {
    const characters = sum(readings.flatMap(({ texts }) => texts.map(({ text }) => text.length)));
    const steps = sum(readings.map(({ stepsSpent }) => stepsSpent));
    this.#charactersLeft -= characters;
    this.#stepsLeft -= steps;
    const files = readings.flatMap((reading) => reading.files);
    this.#toldLeft -= files.length;
    const unreadable = readings.flatMap((reading) => reading.unreadable);
    return { kind: 'seen', seen: { hits, unreadable, files }, characters, steps };
  }

  #forget(): void {
    this.#texts = [];
    this.#hits = [];
    this.#part = undefined;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** One attachment while it comes: as much of it as is going to be read. */
class Gathering {
  readonly head: PartHead;
  readonly #limits: InspectLimits;
  #bytes: Buffer | undefined;
  #at = 0;
  #fault: 'too-large' | 'unknown-kind' | undefined;
  #types: readonly string[] = [];
  #isCut = false;

  constructor(head: PartHead, limits: InspectLimits) {
    this.head = head;
    this.#limits = limits;
  }

  /** Returns true when no more of it is needed. */
  take(bytes: Uint8Array): boolean {
    this.#bytes ??= this.#begin(bytes);
    this.#at += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).copy(this.#bytes, this.#at);
    return this.#fault !== undefined || this.#at >= this.#bytes.length;
  }

  async read(reading: Reading): Promise<void> {
    const { filename: name, contentType, charset } = this.head;
    const bytes = this.#fault === undefined ? (this.#bytes?.subarray(0, this.#at) ?? Buffer.alloc(0)) : undefined;
    this.#bytes = undefined;
    await readFile(reading, {
      name,
      contentType,
      charset,
      path: [],
      archives: 0,
      sizeBytes: this.head.size,
      types: this.#types,
      ...(bytes === undefined ? { bytes: Buffer.alloc(0), fault: this.#fault } : { bytes, isCut: this.#isCut }),
    });
  }

  // A film is known for one by its beginning, and needs no room.
  #begin(head: Uint8Array): Buffer {
    const { fileBytesMax, textBytesMax } = this.#limits;
    const beginning = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
    this.#types = typesOfBytes(beginning);
    const kind = inspectedKind(beginning, this.head.contentType);
    const isLarge = this.head.size > fileBytesMax;
    if (kind === 'unknown-kind') this.#fault = 'unknown-kind';
    else if (isLarge && !['text', 'html', 'xml', 'rtf'].includes(kind)) this.#fault = 'too-large';
    this.#isCut = isLarge;
    return Buffer.allocUnsafeSlow(
      this.#fault === undefined ? Math.min(this.head.size, isLarge ? textBytesMax : fileBytesMax) : 0,
    );
  }
}
