// What a prepared query sees: what is committed, and within a transaction what that has written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, openDatabase } from '../../server/db/engine.ts';
import { prepared, preparedFirst } from '../../server/db/prepared.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';

const write = prepared((db, { name, value }: { name: string; value: string }) =>
  db.insertInto('marks').values({ name, value }),
);
const change = preparedFirst((db, { name, value }: { name: string; value: string }) =>
  db.updateTable('marks').set({ value }).where('name', '=', name).returning('value'),
);
const find = preparedFirst((db, { name }: { name: string }) =>
  db.selectFrom('marks').select('value').where('name', '=', name),
);

describeEngines('a prepared query', (engine) => {
  test('sees within a transaction what that has written, and outside what is committed', async () => {
    const running = await startProgram({ env: await engine.newDatabase() });
    try {
      const { db } = running.store;
      await inTransaction(db, async (tx) => {
        await write(tx, { name: 'mine', value: 'one' });
        assert.deepEqual(await find(tx, { name: 'mine' }), { value: 'one' });
        assert.equal(await find(db, { name: 'mine' }), undefined);
      });
      assert.deepEqual(await find(db, { name: 'mine' }), { value: 'one' });
    } finally {
      await running.stop();
    }
  });

  test('that changes and tells what it changed is durable when it has answered', async () => {
    const running = await startProgram({ env: await engine.newDatabase() });
    try {
      const { db } = running.store;
      await write(db, { name: 'told', value: 'one' });
      assert.deepEqual(await change(db, { name: 'told', value: 'two' }), { value: 'two' });
      assert.deepEqual(await find(db, { name: 'told' }), { value: 'two' });
    } finally {
      await running.stop();
    }
  });
});

test('a prepared query of a database that is closed is refused', async () => {
  const db = openDatabase({ kind: 'sqlite', file: ':memory:' });
  await db.schema.createTable('marks').addColumn('name', 'text').addColumn('value', 'text').execute();
  assert.equal(await find(db, { name: 'none' }), undefined);
  await db.destroy();
  await assert.rejects(find(db, { name: 'none' }));
});
