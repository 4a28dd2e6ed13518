// Owns the making safe of a mail's HTML, away from the main thread and within a time and a size. The result is the
// last word: put it into the sandboxed document as it is.

import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { CleanHtml, CleanRequest } from './sanitize.ts';
import { createWorkerPool, workerScript } from './worker-pool.ts';
import { WorkerLost } from './worker-thread.ts';

export type { CleanHtml, CleanRequest } from './sanitize.ts';
export type { CleanLink } from './safe-links.ts';
export type { Scheme } from './safe-sheet.ts';

export interface HtmlCleanerOptions {
  readonly workers?: number;
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly waitingMax?: number;
  /** Tests put a misbehaving worker here. */
  readonly script?: URL;
}

export interface HtmlCleaner {
  /** Throws mail/unreadable when it is too long or too intricate (show the text part then), and server/busy. */
  clean(request: CleanRequest): Promise<CleanHtml>;
  close(): Promise<void>;
}

export function createHtmlCleaner(options: HtmlCleanerOptions = {}): HtmlCleaner {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const pool = createWorkerPool({
    script: options.script ?? workerScript(import.meta.url, 'safe-html-worker'),
    workers: options.workers ?? 1,
    memoryMb: options.memoryMb ?? 192,
    waitingMax: options.waitingMax ?? 100,
  });
  return {
    async clean(request) {
      if (request.html.length > limits.bodyTextBytesMax) throw tooIntricate('length');
      const answer = await pool.run(timeoutMs, (line) => line.ask(request)).catch(refuseLost);
      if (!isCleanHtml(answer)) throw new Error('the sanitizing worker answered something else');
      return answer;
    },
    close: () => pool.close(),
  };
}

/** The worker is our own; this guards against mixed-up messages, not against it. */
function isCleanHtml(answer: unknown): answer is CleanHtml {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'html' in answer &&
    typeof answer.html === 'string' &&
    'links' in answer
  );
}

function refuseLost(error: unknown): never {
  if (error instanceof WorkerLost) throw tooIntricate(error.message);
  throw error;
}

function tooIntricate(detail: string): AppError {
  return new AppError(
    'mail/unreadable',
    'The formatted text of this mail is too long or too intricate to be shown safely.',
    { detail },
  );
}
