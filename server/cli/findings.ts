// Owns telling an operator what a long look found: each damage as it is found, how far it is on a terminal, and the
// verdict in the end.

import { SteadyClock } from '../core/clock.ts';
import { print } from './with-store.ts';

const PROGRESS_EVERY_MS = 250;

export class Findings {
  #damaged = 0;
  #saidAtMs = 0;
  readonly #clock = new SteadyClock();

  /** One thing that is not as it should be; the command will end with 1. */
  damaged(what: string): void {
    this.#damaged += 1;
    process.exitCode = 1;
    this.#say(`damaged  ${what}`);
  }

  /** What was gone through. */
  looked(name: string, words: string): void {
    this.#say(`looked   ${name.padEnd(9)} ${words}`);
  }

  /** For a person who waits; pipes get none of it. */
  progress(words: string): void {
    const nowMs = this.#clock.nowMs();
    if (!process.stderr.isTTY || nowMs < this.#saidAtMs + PROGRESS_EVERY_MS) return;
    this.#saidAtMs = nowMs;
    process.stderr.write(`\r\u001b[K${words} …`);
  }

  conclude(): void {
    this.#say(this.#damaged === 0 ? 'Nothing is damaged.' : `Damaged: ${this.#damaged}.`);
  }

  #say(line: string): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    print(line);
  }
}
