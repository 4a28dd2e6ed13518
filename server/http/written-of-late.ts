// Owns what this process has written into the audit of late, so that the same is not written again at every step: a
// page looked at again a moment later is one reading, a file fetched in a hundred ranges one taking. Nobody gets
// anything whose first time was not written down.

import type { Clock } from '../core/clock.ts';

const REMEMBERED_MAX = 10_000;

/** What it has forgotten, or another process wrote, is written again. */
export class WrittenOfLate {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #writtenAtMs = new Map<string, number>();

  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  has(key: string): boolean {
    const at = this.#writtenAtMs.get(key);
    return at !== undefined && this.#clock.nowMs() - at < this.#forMs;
  }

  /** To be called once it is written down, and not before. */
  remember(key: string): void {
    this.#writtenAtMs.delete(key); // so that it stands last
    this.#writtenAtMs.set(key, this.#clock.nowMs());
    const [oldest] = this.#writtenAtMs.keys();
    if (this.#writtenAtMs.size > REMEMBERED_MAX && oldest !== undefined) this.#writtenAtMs.delete(oldest);
  }
}
