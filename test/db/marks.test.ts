// Facts about the store itself: which value stands when several are written.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { inTransaction } from '../../server/db/engine.ts';
import { loadMark, raiseMark, removeMarkOf, setFirstMark, setMark } from '../../server/db/marks.ts';
import { newTestDatabase } from '../support/program.ts';

const db = await newTestDatabase();

describe('a mark', () => {
  after(() => db.destroy());

  test('that is raised never goes back, in whatever order several machines write it', async () => {
    const times = ['2026-11-21T10:00:02.000Z', '2026-11-21T10:00:03.000Z', '2026-11-21T10:00:01.000Z'];
    for (const time of times) await raiseMark(db, 'raised', time);
    assert.equal(await loadMark(db, 'raised'), '2026-11-21T10:00:03.000Z');
  });

  test('that is set goes either way', async () => {
    for (const value of ['2', '1']) await setMark(db, 'set', value);
    assert.equal(await loadMark(db, 'set'), '1');
  });

  test('that is set first stays as it was set, and everybody hears so', async () => {
    const first = (value: string): Promise<string> => inTransaction(db, (tx) => setFirstMark(tx, 'first', value));
    assert.deepEqual([await first('one'), await first('two')], ['one', 'one']);
  });

  test('that somebody has set anew is not removed for its old value', async () => {
    await setMark(db, 'wish', 'new');
    await removeMarkOf(db, 'wish', 'old');
    assert.equal(await loadMark(db, 'wish'), 'new');
    await removeMarkOf(db, 'wish', 'new');
    assert.equal(await loadMark(db, 'wish'), undefined);
  });
});
