// Pages that are asked for in the same moment: one a turn of the event loop, in the order they came.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { oneATurn } from '../../server/http/one-a-turn.ts';

describe('pages that are asked for in the same moment', () => {
  test('are answered one a turn, in their order, and the first at once', async () => {
    const handle = oneATurn();
    const answered: string[] = [];
    for (const name of ['a', 'b', 'c']) handle({}, {}, () => answered.push(name));
    assert.deepEqual(answered, ['a']);
    await nextTurn();
    assert.deepEqual(answered, ['a', 'b']);
    handle({}, {}, () => answered.push('d'));
    assert.deepEqual(answered, ['a', 'b'], 'whoever comes later waits behind those who wait');
    await nextTurn();
    assert.deepEqual(answered, ['a', 'b', 'c']);
    await nextTurn();
    assert.deepEqual(answered, ['a', 'b', 'c', 'd']);
  });

  test('never wait for nobody', async () => {
    const handle = oneATurn();
    const answered: string[] = [];
    handle({}, {}, () => answered.push('a'));
    await nextTurn();
    handle({}, {}, () => answered.push('b'));
    assert.deepEqual(answered, ['a', 'b']);
  });

  test('do not stay behind one that fails', async () => {
    const handle = oneATurn();
    const answered: string[] = [];
    assert.throws(() => handle({}, {}, fail), /this page fails/);
    handle({}, {}, () => answered.push('b'));
    await nextTurn();
    assert.deepEqual(answered, ['b']);
  });
});

function fail(): never {
  throw new Error('this page fails');
}
