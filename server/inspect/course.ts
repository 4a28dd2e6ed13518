// Owns one mail's way through the workers, on the main side: what was seen of which part, whose turn it is, how much time
// is left, and what it means when a worker is lost on the way.

import { ticksMs } from '../core/clock.ts';
import type { Look, Seen, SeenFile, UnreadableReason } from '../detect/look.ts';
import { typesOfBytes } from '../files/types-by-bytes.ts';
import { gatherPieces } from '../mail/pieces.ts';
import type { WorkerLine, WorkerLost } from '../mail/worker-thread.ts';
import type { InspectLimits } from './limits.ts';
import { mergeHits } from './merge-hits.ts';
import { isAnswer } from './protocol.ts';
import type { Answer, Ask, MailTexts, PartHead } from './protocol.ts';

export interface InspectedPart extends PartHead {
  /** Its bytes from the start; may be left before their end. */
  readonly read: () => AsyncIterable<Buffer>;
}

export interface InspectedMail extends MailTexts {
  readonly parts: readonly InspectedPart[];
}

type Hits = Seen['hits'];

const PIECE_BYTES = 256 * 1024;
const WHY: Readonly<Record<WorkerLost['reason'], UnreadableReason>> = {
  time: 'too-slow',
  memory: 'too-large',
  crash: 'broken',
};

/** The looks that a worker has. */
const given = new WeakMap<WorkerLine, readonly Look[]>();

export class Course {
  readonly #mail: InspectedMail;
  readonly #looks: readonly Look[];
  readonly #limits: InspectLimits;
  readonly #unreadable: Seen['unreadable'][number][] = [];
  /** Of the texts, and of each worker the attachments that it read. */
  #hits: Hits[] = [];
  #ofWorker: Hits[] = [];
  #at: 'texts' | 'parts' | 'end' | 'over' = 'texts';
  #nextPart = 0;
  #msLeft: number;
  #charactersLeft: number;
  #stepsLeft: number;
  readonly #files: SeenFile[] = [];
  #losses = 0;

  constructor(mail: InspectedMail, looks: readonly Look[], limits: InspectLimits) {
    this.#mail = mail;
    this.#looks = looks;
    this.#limits = limits;
    this.#msLeft = limits.mailMs;
    this.#charactersLeft = limits.mailCharactersMax;
    this.#stepsLeft = limits.mailStepsMax;
  }

  get isOver(): boolean {
    return this.#at === 'over';
  }

  seen(): Seen {
    return { hits: mergeHits(this.#looks, this.#hits), unreadable: this.#unreadable, files: this.#files };
  }

  /** Goes on with this worker from where the last one was lost. Throws WorkerLost, and what reading a part throws. */
  async run(line: WorkerLine): Promise<void> {
    await this.#begin(line);
    const { parts } = this.#mail;
    for (let part = parts[this.#nextPart]; part !== undefined; part = parts[this.#nextPart]) {
      // Without a step left, what it is and which names lie in it is told all the same.
      if (this.#msLeft <= 0) await this.#leave(part, 'too-slow');
      else this.#ofWorker.push(this.#take(await this.#send(line, part)));
      this.#nextPart += 1;
    }
    this.#at = 'end';
    if (this.#ofWorker.length > 0) this.#ofWorker = [this.#take(await this.#ask(line, { kind: 'end' }))];
    this.#closeWorker();
    this.#at = 'over';
  }

  /** The worker is gone, and with it what it was at. Throws what reading a part throws. */
  async lose(reason: WorkerLost['reason']): Promise<void> {
    this.#losses += 1;
    const part = this.#mail.parts[this.#nextPart];
    if (this.#at === 'texts') {
      this.#unreadable.push({ part: 0, path: [], why: WHY[reason] });
      this.#at = 'parts';
    } else if (this.#at === 'parts' && part !== undefined) {
      await this.#leave(part, WHY[reason]);
      this.#nextPart += 1;
    }
    // What it had told of other attachments stands, though the same value in two of them counts twice now.
    this.#closeWorker();
    const left = this.#at === 'end' ? [] : this.#mail.parts.slice(this.#nextPart);
    if (left.length > 0 && this.#losses < this.#limits.lossesMax && this.#msLeft > 0) return;
    for (const one of left) await this.#leave(one, 'too-slow');
    this.#at = 'over';
  }

  async #begin(line: WorkerLine): Promise<void> {
    const { subject, text, html } = this.#mail;
    const answer = await this.#ask(line, {
      kind: 'begin',
      charactersMax: this.#charactersLeft,
      stepsMax: this.#stepsLeft,
      toldMax: this.#limits.mailFilesMax - this.#files.length,
      ...(given.get(line) === this.#looks ? {} : { looks: this.#looks }),
      ...(this.#at === 'texts' ? { texts: { subject, text, html } } : {}),
    });
    given.set(line, this.#looks);
    this.#hits.push(this.#take(answer));
    this.#at = 'parts';
  }

  async #send(line: WorkerLine, { read, ...part }: InspectedPart): Promise<Answer> {
    let isFirst = true;
    for await (const { bytes, last } of gatherPieces(read(), PIECE_BYTES)) {
      const ask: Ask = isFirst ? { kind: 'part', part, bytes, last } : { kind: 'more', bytes, last };
      const answer = await this.#ask(line, ask, bytes.buffer);
      if (answer.kind !== 'feed') return answer;
      isFirst = false;
    }
    throw new Error('the inspecting worker asked for more than the whole part');
  }

  // Only what the worker takes is counted, not the waiting for the store.
  async #ask(line: WorkerLine, ask: Ask, buffer?: ArrayBuffer): Promise<Answer> {
    line.budget(Math.max(1, Math.min(this.#limits.partMs, this.#msLeft)));
    const startMs = ticksMs();
    try {
      const answer = await line.ask(ask, buffer === undefined ? [] : [buffer]);
      if (!isAnswer(answer)) throw new Error('the inspecting worker answered something else');
      return answer;
    } finally {
      this.#msLeft -= ticksMs() - startMs;
    }
  }

  #take(answer: Answer): Hits {
    if (answer.kind !== 'seen') throw new Error('the inspecting worker has seen nothing');
    this.#charactersLeft -= answer.characters;
    this.#stepsLeft -= answer.steps;
    this.#unreadable.push(...answer.seen.unreadable);
    this.#files.push(...(answer.seen.files ?? []));
    return answer.seen.hits;
  }

  /** No worker reads it; what it is shows in its first bytes, so that no rule takes it for what it is called. */
  async #leave({ n, size, read }: InspectedPart, why: UnreadableReason): Promise<void> {
    this.#unreadable.push({ part: n, path: [], why });
    for await (const { bytes } of gatherPieces(read(), PIECE_BYTES)) {
      this.#files.push({ part: n, path: [], types: typesOfBytes(Buffer.from(bytes.buffer)), sizeBytes: size });
      return;
    }
  }

  #closeWorker(): void {
    this.#hits.push(...this.#ofWorker);
    this.#ofWorker = [];
  }
}
