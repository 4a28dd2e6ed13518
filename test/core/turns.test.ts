// Whose turn it is, and what those hear who come too many.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '../../server/core/errors.ts';
import { createTurns } from '../../server/core/turns.ts';

const isBusy = (error: unknown): boolean => isRefusal(error, 'server/busy');

test('no more than so many at once, in their order, and the next one after a failure', async () => {
  const turns = createTurns({ parallel: 2, waitingMax: 10, waitMs: 60_000 });
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const work = (n: number) =>
    turns.take(async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(n);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (n === 2) throw new Error('broken');
    });
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map(work));
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
  assert.equal(most, 2);
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 1);
});

test('who comes when all places are taken, or waits too long, hears that it is busy', async () => {
  const turns = createTurns({ parallel: 1, waitingMax: 1, waitMs: 50 });
  let end: (() => void) | undefined;
  const first = turns.take(() => new Promise<void>((resolve) => (end = resolve)));
  const second = turns.take(async () => assert.fail('it was never its turn'));
  await assert.rejects(
    turns.take(async () => undefined),
    isBusy,
  );
  await assert.rejects(second, isBusy);
  end?.();
  await first;
  assert.equal(await turns.take(async () => 'served'), 'served');
});
