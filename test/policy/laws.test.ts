// A law that comes to no end is a failure that names its input, wherever it loops.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';

const laws = new URL('./laws.ts', import.meta.url).href;

function run(law: string): { readonly status: number | null; readonly told: string } {
  const script = `import fc from 'fast-check'; import { checkLaw } from ${JSON.stringify(laws)}; ${law}`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../..', import.meta.url),
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, told: stderr };
}

describe('a law', () => {
  test('that loops for one input is ended, and the input named', () => {
    const { status, told } = run(
      `checkLaw([fc.constantFrom('good', 'endless')], (one) => { while (one === 'endless'); }, { inputMs: 1_000 });`,
    );
    assert.notEqual(status, 0);
    assert.match(told, /no end after 1000 ms with \["endless"\]/);
  });

  test('that takes too long in all has failed', () => {
    const slow = `const until = performance.now() + 20; while (performance.now() < until);`;
    const { status, told } = run(`checkLaw([fc.nat()], () => { ${slow} }, { numRuns: 1_000, lawMs: 200 });`);
    assert.notEqual(status, 0);
    assert.match(told, /interrupted/i);
  });

  test('that holds says nothing, and holds nobody up', () => {
    assert.deepEqual(run(`checkLaw([fc.nat()], () => undefined);`), { status: 0, told: '' });
  });
});
