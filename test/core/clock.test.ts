// What becomes of the program's time when the machine's clock is set.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, SECOND_MS, SteadyClock } from '../../server/core/clock.ts';

const START_MS = Date.parse('2026-11-21T10:00:00.000Z');

/** A machine whose clock can be set, and where time passes all the same. */
function machine() {
  let wallMs = START_MS;
  let ticks = 5_000.25;
  const source = { nowMs: () => wallMs };
  return {
    source,
    clock: new SteadyClock({ source, ticks: () => ticks }),
    pass: (ms: number) => {
      wallMs += ms;
      ticks += ms;
    },
    set: (byMs: number) => {
      wallMs += byMs;
    },
  };
}

describe('a steady clock', () => {
  test('says what its source says while that is in order', () => {
    const { clock, pass } = machine();
    for (const ms of [0, 1, 999, HOUR_MS, 30 * DAY_MS]) {
      const before = clock.nowMs();
      pass(ms);
      assert.equal(clock.nowMs(), before + ms);
    }
    assert.equal(clock.behindMs(), 0);
  });

  test('goes on at its own rate when its source is set back, until that has caught up', () => {
    const { clock, pass, set } = machine();
    pass(HOUR_MS);
    set(-2 * DAY_MS);
    assert.equal(clock.nowMs(), START_MS + HOUR_MS);
    assert.equal(clock.behindMs(), 2 * DAY_MS);
    pass(10 * SECOND_MS);
    assert.equal(clock.nowMs(), START_MS + HOUR_MS + 10 * SECOND_MS);
    set(-365 * DAY_MS);
    pass(SECOND_MS);
    assert.equal(clock.nowMs(), START_MS + HOUR_MS + 11 * SECOND_MS);
    set(367 * DAY_MS);
    pass(SECOND_MS);
    assert.equal(clock.nowMs(), START_MS + HOUR_MS + 12 * SECOND_MS);
    assert.equal(clock.behindMs(), 0, 'and what was lost is not counted twice');
  });

  test('follows its source forward at once', () => {
    const { clock, set } = machine();
    set(3 * DAY_MS);
    assert.equal(clock.nowMs(), START_MS + 3 * DAY_MS);
    set(-3 * DAY_MS);
    assert.equal(clock.nowMs(), START_MS + 3 * DAY_MS, 'and does not follow it back');
  });

  test('is never earlier than it is told that it has been', () => {
    const { clock, pass } = machine();
    clock.raise(START_MS + DAY_MS);
    assert.equal(clock.nowMs(), START_MS + DAY_MS);
    clock.raise(START_MS - DAY_MS);
    clock.raise(Number.NaN);
    pass(SECOND_MS);
    assert.equal(clock.nowMs(), START_MS + DAY_MS + SECOND_MS);
  });

  test('takes up another source, forward only', () => {
    const { clock, pass } = machine();
    clock.follow({ nowMs: () => START_MS + HOUR_MS });
    assert.equal(clock.nowMs(), START_MS + HOUR_MS);
    clock.follow({ nowMs: () => START_MS - HOUR_MS });
    pass(SECOND_MS);
    assert.equal(clock.nowMs(), START_MS + HOUR_MS + SECOND_MS);
  });

  test('never goes back, whatever is done to its source', () => {
    const { clock, pass, set } = machine();
    let seed = 20_261_121;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let lastMs = clock.nowMs();
    for (let n = 0; n < 5_000; n += 1) {
      pass(Math.floor(random() * 2_000));
      if (random() < 0.2) set(Math.floor((random() - 0.5) * DAY_MS));
      const nowMs = clock.nowMs();
      assert.ok(nowMs >= lastMs, `step ${n}`);
      assert.ok(Number.isInteger(nowMs));
      lastMs = nowMs;
    }
  });
});
