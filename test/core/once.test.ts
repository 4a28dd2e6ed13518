// What is made once, and what happens when it cannot be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once } from '../../server/core/once.ts';

test('it is made for all who ask, when the first one does', async () => {
  let made = 0;
  const get = once(async () => (made += 1));
  assert.equal(made, 0);
  assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
  assert.equal(await get(), 1);
});

test('what could not be made is told to all who waited, and tried anew for the next', async () => {
  let tries = 0;
  const get = once(async () => {
    tries += 1;
    if (tries === 1) throw new Error('not now');
    return tries;
  });
  const ended = await Promise.allSettled([get(), get()]);
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await get(), 2);
});
