// Owns the reading of small mails several at a time: a message to a thread and its answer cost more than a small mail
// does. Those that are there within one round of the event loop go together, and a mail never waits for another to come.

import type { Answer, Batch, Ended } from './parse-protocol.ts';
import { isAnswer } from './parse-protocol.ts';
import { WorkerLost } from './worker-thread.ts';
import type { WorkerLine } from './worker-thread.ts';

/** Runs a job with a worker that gets more time in proportion to these bytes. */
export type RunJob = <T>(bytes: number, job: (line: WorkerLine) => Promise<T>) => Promise<T>;

export interface ReadMail extends Answer {
  readonly next: Ended;
}

interface Waiting {
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly resolve: (answer: ReadMail) => void;
  readonly reject: (error: unknown) => void;
}

export class ParseBatches {
  readonly #run: RunJob;
  readonly #batchBytesMax: number;
  readonly #waiting: Waiting[] = [];

  constructor(run: RunJob, batchBytesMax: number) {
    this.#run = run;
    this.#batchBytesMax = batchBytesMax;
  }

  /** Reads the mail that these pieces make. Throws WorkerLost when this mail costs its worker. */
  read(pieces: readonly Buffer[], bytes: number): Promise<ReadMail> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#sendAll());
      this.#waiting.push({ pieces, bytes, resolve, reject });
    });
  }

  #sendAll(): void {
    let batch: Waiting[] = [];
    let bytes = 0;
    for (const mail of this.#waiting.splice(0)) {
      if (batch.length > 0 && bytes + mail.bytes > this.#batchBytesMax) {
        void this.#readTogether(batch, bytes);
        batch = [];
        bytes = 0;
      }
      batch.push(mail);
      bytes += mail.bytes;
    }
    void this.#readTogether(batch, bytes);
  }

  async #readTogether(mails: readonly Waiting[], bytes: number): Promise<void> {
    try {
      const answers = await this.#run(bytes, (line) => ask(line, mails, bytes));
      mails.forEach(({ resolve, reject }, n) => {
        const answer = answers[n];
        if (answer === undefined) reject(new Error('the parsing worker left a mail out'));
        else resolve(answer);
      });
    } catch (error) {
      // One of them cost the worker. Each is read again by itself, so that no other is refused for it.
      if (error instanceof WorkerLost && mails.length > 1) {
        for (const mail of mails) void this.#readTogether([mail], mail.bytes);
      } else {
        for (const { reject } of mails) reject(error);
      }
    }
  }
}

async function ask(line: WorkerLine, mails: readonly Waiting[], bytes: number): Promise<readonly ReadMail[]> {
  const together = new Uint8Array(bytes);
  const ends: number[] = [];
  let at = 0;
  for (const { pieces } of mails) {
    for (const piece of pieces) {
      together.set(piece, at);
      at += piece.length;
    }
    ends.push(at);
  }
  const answers = await line.ask({ mails: together, ends } satisfies Batch, [together.buffer]);
  if (!Array.isArray(answers) || !answers.every(isReadMail))
    throw new Error('the parsing worker answered something else');
  return answers;
}

function isReadMail(answer: unknown): answer is ReadMail {
  return isAnswer(answer) && answer.next.kind !== 'feed';
}
