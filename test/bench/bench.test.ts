// That `npm run bench` can be run and read by programs. What it measures is no test's business.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Benchmark } from '../../bench/benchmark.ts';
import { benchmarks } from '../../bench/benchmarks.ts';
import { summarise } from '../../bench/profile.ts';
import { rowOf, tableOf } from '../../bench/report.ts';
import type { Row } from '../../bench/report.ts';
import { quantile } from '../../bench/rounds.ts';

const BENCH = join(import.meta.dirname, '../../bench/bench.ts');
const FIELDS = ['name', 'value', 'unit', 'peer', 'peerValue', 'ratio', 'bar', 'holds'];

describe('npm run bench', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  async function bench(
    name: string,
    path = process.env['PATH'],
  ): Promise<{ table: string; said: string; rows: Row[] }> {
    const file = join(dir, 'rows.json');
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [BENCH, '--quick', '--only', name, '--dir', dir, '--json', file],
      { env: { PATH: path } },
    );
    return { table: stdout, said: stderr, rows: JSON.parse(await readFile(file, 'utf8')) as Row[] };
  }

  test('writes a table to standard output, and an array to the file it is given', async () => {
    const { table, rows } = await bench('storing 25 MB');
    assert.match(table, /^storing 25 MB, sealed and durable +\| +\d[\d.]* \| MB\/s /m);
    assert.deepEqual(
      rows.map((row) => Object.keys(row)),
      [FIELDS],
    );
    const [row] = rows;
    assert.ok(row?.value && row.peerValue);
    assert.equal(row.ratio, row.value / row.peerValue);
    assert.equal(row.holds, row.ratio >= 0.5);
  });

  test('says loudly what it cannot run for want of a program, and gives the row no figure', async () => {
    const { said, rows } = await bench('sealing 25 MB', dir);
    assert.match(said, /^SKIPPED: openssl not installed$/m);
    assert.deepEqual(
      rows.map(({ value, peerValue, ratio, holds }) => ({ value, peerValue, ratio, holds })),
      [{ value: null, peerValue: null, ratio: null, holds: null }],
    );
  });

  test('refuses a name that no benchmark has', async () => {
    await assert.rejects(bench('no such benchmark'), /no benchmark has this in its name/);
  });

  test('knows its benchmarks apart by their names', () => {
    assert.equal(new Set(benchmarks.map(({ name }) => name)).size, benchmarks.length);
  });
});

describe('a row', () => {
  const run = (): never => assert.fail('is not run');
  const rate: Benchmark = { name: 'rate', unit: 'a second', peer: 'another', bar: { atLeast: 0.5 }, run };
  const wait: Benchmark = { name: 'wait', unit: 's', bar: { below: 1 }, run };

  test('holds its ratio against the bar when there is a peer, and itself when there is none', () => {
    assert.equal(rowOf(rate, { value: 5, peerValue: 10 }).holds, true);
    assert.equal(rowOf(rate, { value: 4.9, peerValue: 10 }).holds, false);
    assert.equal(rowOf(wait, { value: 0.99 }).holds, true);
    assert.equal(rowOf(wait, { value: 1 }).holds, false);
  });

  test('without a bar neither holds nor fails', () => {
    const { bar, ...informative } = rate;
    assert.deepEqual([bar, rowOf(informative, { value: 5, peerValue: 10 }).holds], [{ atLeast: 0.5 }, null]);
  });

  test('that fails its bar is told in capitals', () => {
    const table = tableOf([{ benchmark: wait, row: rowOf(wait, { value: 2 }) }]);
    assert.match(table, /^wait \| +2 \| s .* < 1 \| NO$/m);
  });

  test('takes the median between the two in the middle', () => {
    assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
    assert.throws(() => quantile([], 0.5));
  });
});

describe('a profile', () => {
  test('gives the time of a library to the stage that called it, and leaves idle time out', () => {
    const frame = (functionName: string, url = ''): object => ({ functionName, url, lineNumber: 0 });
    const { busyMs, idleMs, stages } = summarise(
      JSON.stringify({
        nodes: [
          { id: 1, callFrame: frame('(root)'), children: [2, 5] },
          { id: 2, callFrame: frame('seal', 'file:///x/server/crypto/aead.ts'), children: [3] },
          { id: 3, callFrame: frame('update', 'node:internal/crypto/cipher') },
          { id: 5, callFrame: frame('(idle)') },
        ],
        samples: [2, 3, 5],
        timeDeltas: [1_000, 2_000, 4_000],
      }),
    );
    assert.deepEqual({ busyMs, idleMs, stages }, { busyMs: 3, idleMs: 4, stages: [['seal, open', 1]] });
  });
});
