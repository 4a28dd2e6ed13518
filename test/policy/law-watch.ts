// The thread beside laws that are being checked: when one input takes too long, it says which and ends the process. What
// loops in the other thread can do neither.

import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { RUNNING, TRIED, textIn } from './laws.ts';

const { shared, inputMs } = workerData as { shared: SharedArrayBuffer; inputMs: number }; // from laws.ts
const state = new Int32Array(shared, 0, 3);

for (;;) {
  const tried = Atomics.load(state, TRIED);
  const isStill = Atomics.wait(state, TRIED, tried, inputMs) === 'timed-out';
  if (!isStill || Atomics.load(state, RUNNING) === 0 || Atomics.load(state, TRIED) !== tried) continue;
  writeSync(2, `no end after ${inputMs} ms with ${textIn(shared)}\n`);
  process.kill(process.pid, 'SIGKILL');
}
