// Owns which takings of a file are worth a line in the audit. A download that broke off and goes on, or a viewer that
// fetches a file in a hundred ranges, is one taking; but nobody gets a byte whose taking was not written down.

import { MINUTE_MS } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';

const SAME_TAKING_MS = 15 * MINUTE_MS;
const REMEMBERED_MAX = 10_000;

/** What this process has written down of late. What it has forgotten, or another process wrote, is written again. */
export class Takings {
  readonly #clock: Clock;
  readonly #writtenAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether bytes from the middle of a file continue a taking that was written down. */
  isContinued(key: string): boolean {
    const at = this.#writtenAtMs.get(key);
    return at !== undefined && this.#clock.nowMs() - at < SAME_TAKING_MS;
  }

  /** To be called once it is written down, and not before. */
  remember(key: string): void {
    this.#writtenAtMs.delete(key); // so that it stands last
    this.#writtenAtMs.set(key, this.#clock.nowMs());
    const [oldest] = this.#writtenAtMs.keys();
    if (this.#writtenAtMs.size > REMEMBERED_MAX && oldest !== undefined) this.#writtenAtMs.delete(oldest);
  }
}
