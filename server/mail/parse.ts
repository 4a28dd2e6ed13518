// Owns the road from the bytes of a mail to its tree: a bounded pool of workers; small mails go to them together, a
// large one is poured in and its attachments poured out a piece at a time. It never looks at the bytes itself, and it
// decides nothing about the mail but whether it can be read.

import { AppError } from '../core/errors.ts';
import type { MailTree, PartSink, PartWriter } from './mail-tree.ts';
import { ParseBatches } from './parse-batches.ts';
import type { ReadMail, RunJob } from './parse-batches.ts';
import { isAnswer } from './parse-protocol.ts';
import type { Answer, Ended, PartEvent, Turn } from './parse-protocol.ts';
import { gatherPieces } from './pieces.ts';
import { unreadable } from './unreadable.ts';
import { createWorkerPool, workerScript } from './worker-pool.ts';
import { WorkerLost } from './worker-thread.ts';
import type { WorkerLine } from './worker-thread.ts';

export interface MailParserOptions {
  readonly workers?: number;
  /** What a small mail may take; a large one gets more in proportion. Waiting for source and sink does not count. */
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly waitingMax?: number;
  /** Tests put a misbehaving worker here. */
  readonly script?: URL;
}

/** A mail on its way, or all of one that is in memory. */
export type MailSource = AsyncIterable<Buffer> | readonly Buffer[];

export interface MailParser {
  /**
   * Throws mail/unreadable, mail/rights-protected, server/busy, and whatever `source` or `sink` throw. A source
   * that is not needed to its end is left as `for await` leaves one.
   */
  parse(source: MailSource, sink: PartSink): Promise<MailTree>;
  close(): Promise<void>;
}

export function createMailParser(options: MailParserOptions = {}): MailParser {
  const pool = createWorkerPool({
    script: options.script ?? workerScript(import.meta.url, 'parse-worker'),
    workers: options.workers ?? 2,
    memoryMb: options.memoryMb ?? 128,
    waitingMax: options.waitingMax ?? 200,
  });
  const run: RunJob = (bytes, job) => pool.run((options.timeoutMs ?? 5_000) + bytes * MORE_MS_PER_BYTE, job);
  const batches = new ParseBatches(run, TURN_BYTES);
  return {
    async parse(source, sink) {
      const pieces = isInMemory(source) ? source : undefined;
      const bytes = pieces?.reduce((sum, piece) => sum + piece.length, 0) ?? Infinity;
      const read =
        pieces !== undefined && bytes <= TURN_BYTES
          ? batches.read(pieces, bytes).then((answer) => deliver(answer, sink))
          : run(0, (line) => converse(line, source, sink));
      const next = await read.catch(refuseLost);
      if (next.kind === 'refused')
        throw new AppError(next.code, next.message, next.detail === undefined ? {} : { detail: next.detail });
      return next.tree;
    },
    close: () => pool.close(),
  };
}

const TURN_BYTES = 64 * 1024; // the parser itself holds some sixteen of them
const MORE_MS_PER_BYTE = 250 / (1024 * 1024);

function isInMemory(source: MailSource): source is readonly Buffer[] {
  return Array.isArray(source);
}

async function deliver({ events, next }: ReadMail, sink: PartSink): Promise<Ended> {
  if (events.length > 0) await new PartDelivery(sink).deliver(events);
  return next;
}

async function converse(line: WorkerLine, source: MailSource, sink: PartSink): Promise<Ended> {
  const parts = new PartDelivery(sink);
  let begin = true;
  for await (const piece of gatherPieces(source, TURN_BYTES)) {
    line.allow(piece.bytes.length * MORE_MS_PER_BYTE);
    const answer = await ask(line, { begin, ...piece }, piece.bytes.buffer);
    begin = false;
    await parts.deliver(answer.events);
    if (answer.next.kind !== 'feed') return answer.next;
  }
  throw new Error('the parsing worker asked for more than the whole mail');
}

async function ask(line: WorkerLine, turn: Turn, buffer: ArrayBuffer): Promise<Answer> {
  const answer = await line.ask(turn, [buffer]);
  if (!isAnswer(answer)) throw new Error('the parsing worker answered something else');
  return answer;
}

/** Hands the attachments to the sink, in order, and waits for it: that is what holds the worker back. */
class PartDelivery {
  readonly #sink: PartSink;
  #writer: PartWriter | undefined;

  constructor(sink: PartSink) {
    this.#sink = sink;
  }

  async deliver(events: readonly PartEvent[]): Promise<void> {
    for (const event of events) {
      if (event.kind === 'open') {
        this.#writer = await this.#sink.open(event.part);
      } else if (event.kind === 'bytes') {
        await this.#writer?.write(Buffer.from(event.bytes.buffer, event.bytes.byteOffset, event.bytes.byteLength));
      } else {
        await this.#writer?.close();
        this.#writer = undefined;
      }
    }
  }
}

const LOST: Readonly<Record<WorkerLost['reason'], string>> = {
  time: 'reading it takes too long',
  memory: 'reading it takes too much memory',
  crash: 'it is not well-formed',
};

function refuseLost(error: unknown): never {
  if (error instanceof WorkerLost) throw unreadable(LOST[error.reason], error.message);
  throw error;
}
