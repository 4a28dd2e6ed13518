// Owns checking a law that is to hold for all inputs, within a time: a law that takes too long, in finding or in making an input
// smaller, has failed, and an input that comes to no end is named.

import { Worker } from 'node:worker_threads';
import fc from 'fast-check';

const LAW_MS = 120_000;
const INPUT_MS = 60_000;

/** Places in the first words of what both threads share: how many inputs were tried, whether one is tried now, how long its text is. */
export const TRIED = 0;
export const RUNNING = 1;
const LENGTH = 2;
const HEAD_BYTES = 16;
const TEXT_BYTES = 64 * 1024;

export function textIn(shared: SharedArrayBuffer): string {
  const length = new Int32Array(shared)[LENGTH] ?? 0;
  return Buffer.from(new Uint8Array(shared, HEAD_BYTES, length)).toString();
}

let watched: SharedArrayBuffer | undefined;

/** `holds` throws where the law does not hold. */
export function checkLaw<Inputs extends [unknown, ...unknown[]]>(
  inputs: { [Place in keyof Inputs]: fc.Arbitrary<Inputs[Place]> },
  holds: (...given: Inputs) => void,
  { numRuns = 100, lawMs = LAW_MS, inputMs = INPUT_MS } = {},
): void {
  watched ??= watch(inputMs);
  const shared = watched;
  const property = fc.property(...inputs, (...given: Inputs) => tryOne(shared, given, holds));
  fc.assert(property, { numRuns, interruptAfterTimeLimit: lawMs, markInterruptAsFailure: true });
}

function watch(inputMs: number): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(HEAD_BYTES + TEXT_BYTES);
  new Worker(new URL('./law-watch.ts', import.meta.url), { execArgv: [], workerData: { shared, inputMs } }).unref();
  return shared;
}

function tryOne<Inputs extends unknown[]>(
  shared: SharedArrayBuffer,
  given: Inputs,
  holds: (...given: Inputs) => void,
): void {
  const state = new Int32Array(shared);
  const text = Buffer.from(fc.stringify(given)).subarray(0, TEXT_BYTES);
  new Uint8Array(shared, HEAD_BYTES).set(text);
  state[LENGTH] = text.length;
  Atomics.add(state, TRIED, 1);
  Atomics.store(state, RUNNING, 1);
  Atomics.notify(state, TRIED);
  try {
    holds(...given);
  } finally {
    Atomics.store(state, RUNNING, 0);
  }
}
