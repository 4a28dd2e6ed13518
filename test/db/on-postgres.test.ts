// The stores and the stories that read and write most, once more on PostgreSQL: the very same tests, each with a
// database of its own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { postgresMissing, startPostgres } from '../support/postgres.ts';

const files = [
  'db/marks',
  'portal/forward',
  'portal/reply',
  'roads/threads',
  'sender/sent',
  'signin/counters',
  'signin/sessions',
  'story/reading',
  'worker/outbox',
];

const ROOT = join(import.meta.dirname, '../..');

describe('on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  test('everything stored behaves as it does on SQLite', async () => {
    const postgres = await startPostgres();
    try {
      const paths = files.map((file) => `test/${file}.test.ts`);
      const { code, output } = await runTests(paths, postgres.url);
      assert.equal(code, 0, output);
      assert.match(output, /^# pass [1-9]\d+$/m, 'they ran');
    } finally {
      await postgres.close();
    }
  });
});

async function runTests(paths: readonly string[], url: string): Promise<{ code: unknown; output: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    ['--test', '--test-reporter=tap', '--test-force-exit', '--test-isolation=none', ...paths],
    { cwd: ROOT, env: { ...env, TEST_POSTGRES_URL: url }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const [code]: unknown[] = await once(child, 'close');
  return { code, output };
}
