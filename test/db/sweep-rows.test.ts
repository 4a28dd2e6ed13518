// Rows whose time is over go, some at a time; what is given more time meanwhile stays.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inTransaction } from '../../server/db/engine.ts';
import { sweepRows } from '../../server/db/sweep-rows.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const place = { table: 'inbound_seen', key: 'id', end: 'day' } as const;

describeEngines('rows whose time is over', (engine) => {
  let running: Running;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
  });
  after(() => running.stop());

  async function fill(...days: readonly string[]): Promise<void> {
    const { db } = running.store;
    await db.deleteFrom('inbound_seen').execute();
    const rows = days.map((day, n) => ({ id: `row-${n}`, day, sealed: Buffer.from('x') }));
    await db.insertInto('inbound_seen').values(rows).execute();
  }

  async function left(): Promise<string[]> {
    const rows = await running.store.db.selectFrom('inbound_seen').select('id').orderBy('id').execute();
    return rows.map(({ id }) => id);
  }

  test('go, those of the very moment as well, and later ones stay', async () => {
    await fill('2026-01-01', '2026-01-02', '2026-01-03');
    assert.equal(await sweepRows(running.store.db, place, '2026-01-02', 10), 2);
    assert.deepEqual(await left(), ['row-2']);
    assert.equal(await sweepRows(running.store.db, place, '2026-01-02', 10), 0);
  });

  test('go in portions no larger than was asked for', async () => {
    await fill('2026-01-01', '2026-01-01', '2026-01-01');
    const { db } = running.store;
    assert.equal(await sweepRows(db, place, '2026-01-02', 2), 2);
    assert.equal(await sweepRows(db, place, '2026-01-02', 2), 1);
    assert.deepEqual(await left(), []);
  });

  test('stay when somebody gives them more time while they are found', async () => {
    await fill('2026-01-01');
    const { db } = running.store;
    const swept = await inTransaction(db, async (tx) => {
      await tx.updateTable('inbound_seen').set({ day: '2026-06-01' }).where('id', '=', 'row-0').execute();
      const sweeping = sweepRows(db, place, '2026-01-02', 10);
      // On PostgreSQL it has found the row as it was by then, and waits for whoever holds it.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { sweeping };
    });
    assert.equal(await swept.sweeping, 0);
    assert.deepEqual(await left(), ['row-0']);
  });
});
