// The yearly test of connectors with several processes on one database, all at the same moment: each connector is looked at by one of
// them, and no second time.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import type { Postgres } from '../support/postgres.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const MACHINES = 2;
const domains = Array.from({ length: 30 }, (_, n) => `partner-${String(n).padStart(2, '0')}.example`);

const missing = postgresMissing();
if (missing !== undefined) console.warn(missing);

// On SQLite there is one machine.
describe('connectors whose test is due, on PostgreSQL', { skip: missing ?? false }, () => {
  let postgres: Postgres;
  let running: Running;
  const machines: ChildProcess[] = [];

  before(async () => {
    postgres = await startPostgres();
    const url = await postgres.newDatabase();
    running = await startProgram({ env: { DATABASE_URL: url }, workerRuns: false });
    const args = [running.dataDir, url];
    for (let n = 0; n < MACHINES; n += 1) {
      const file = join(import.meta.dirname, '../support/connector-tests-process.ts');
      const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      machines.push(child);
      const [said]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
      assert.equal(said, 'ready');
    }
    const { connectors } = running.program.delivery;
    await connectors.save({ value: domains.map((domain) => ({ domain })), basedOn: 0, actor: 'test' });
  });
  after(async () => {
    await Promise.all(
      machines.map(async (child) => {
        const gone = once(child, 'exit');
        child.disconnect();
        await gone;
      }),
    );
    await running.stop();
    await postgres.close();
  });

  /** Both begin at once. @returns what each looked at. */
  function race(forwardMs: number): Promise<string[][]> {
    return Promise.all(
      machines.map(async (child) => {
        const answered = once(child, 'message');
        child.send(forwardMs);
        const [said]: unknown[] = await answered;
        assert.ok(typeof said === 'object' && said !== null && 'looked' in said && Array.isArray(said.looked));
        return said.looked.map(String);
      }),
    );
  }

  test('are looked at once by two processes that begin at once, year after year', async () => {
    const all: string[][][] = [];
    for (const days of [0, 367, 367, 367]) {
      const looked = await race(days * DAY_MS);
      all.push(looked);
      assert.deepEqual(looked.flat().toSorted(), domains);
    }
    // Otherwise nobody raced.
    assert.ok(
      all.some((looked) => looked.every(({ length }) => length > 0)),
      'both had their share',
    );
    assert.deepEqual((await race(0)).flat(), []);
  });
});
