// Owns what a parsing worker has ready to be fetched: events of attachments, up to a bound. Whoever adds more has
// to wait, and so, all the way up, does the parser.

import type { PartEvent } from './parse-protocol.ts';

const BYTES_MAX = 256 * 1024;
const EVENTS_MAX = 512;

export class EventOutbox {
  #events: PartEvent[] = [];
  #bytes = 0;
  #onTaken: (() => void)[] = [];
  #onFull: (() => void)[] = [];

  /** Settles when there is room for more. */
  add(event: PartEvent): Promise<void> {
    this.#events.push(event);
    this.#bytes += event.kind === 'bytes' ? event.bytes.length : 0;
    if (!this.#isFull) return Promise.resolve();
    for (const tell of this.#onFull.splice(0)) tell();
    return new Promise((resolve) => this.#onTaken.push(resolve));
  }

  /** Settles when someone waits in `add`. */
  full(): Promise<void> {
    return this.#isFull ? Promise.resolve() : new Promise((resolve) => this.#onFull.push(resolve));
  }

  take(): PartEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#bytes = 0;
    for (const tell of this.#onTaken.splice(0)) tell();
    return events;
  }

  get #isFull(): boolean {
    return this.#bytes >= BYTES_MAX || this.#events.length >= EVENTS_MAX;
  }
}
