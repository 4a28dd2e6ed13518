// What a process that was killed has left half written.

import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR_MS } from '../../server/core/clock.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram, testClock } from '../support/program.ts';

test('unfinished files of a killed process are removed by the next start and its worker', async () => {
  const first = await startProgram({ keep: true });
  await first.stop();
  const staging = join(first.dataDir, 'blobs', 'staging');
  const spool = join(first.dataDir, 'spool');
  for (const folder of [staging, spool]) await writeFile(join(folder, '01jd0000000000000000000000'), 'left over');
  // Another process could be writing it, so a blob is left alone for a day.
  const clock = testClock();
  clock.forward(25 * HOUR_MS);
  const second = await startProgram({ dataDir: first.dataDir, clock, workerRuns: true });
  try {
    assert.deepEqual(await readdir(spool), []);
    await eventually(async () => (await readdir(staging)).length === 0);
  } finally {
    await second.stop();
  }
});
