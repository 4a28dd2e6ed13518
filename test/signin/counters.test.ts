// The stored counters behind every limit.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { AppError } from '../../server/core/errors.ts';
import { createKeyring } from '../../server/crypto/keyring.ts';
import { charge, chargeAll, refund, sweepCounters } from '../../server/db/counters.ts';
import type { CounterDeps, Limit } from '../../server/db/counters.ts';
import { newTestDatabase, testClock } from '../support/program.ts';

const few: Limit = { name: 'few', most: 3, windowMs: 10_000 };
const others: Limit = { name: 'others', most: 3, windowMs: 10_000 };

const db = await newTestDatabase();

describe('a stored counter', () => {
  const clock = testClock(Date.parse('2026-11-21T10:00:00.000Z'));
  const deps: CounterDeps = { db, clock, keyring: createKeyring(clock) };

  after(() => db.destroy());

  test('lets as many pass as it says, whoever comes at the same moment', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => charge(deps, few, 'crowd')));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3);
  });

  test('says how many seconds are left, and forgets when they are over', async () => {
    await spend(few, 'alice');
    clock.forward(2_500);
    await assert.rejects(charge(deps, few, 'alice'), isTooMany(8));
    clock.forward(7_499);
    await assert.rejects(charge(deps, few, 'alice'), isTooMany(1));
    clock.forward(1);
    await charge(deps, few, 'alice');
  });

  test('is not stretched by those it turns away', async () => {
    await spend(few, 'bob');
    for (let n = 0; n < 5; n += 1) {
      clock.forward(1_000);
      await assert.rejects(charge(deps, few, 'bob'), isTooMany(9 - n));
    }
    clock.forward(5_000);
    await charge(deps, few, 'bob');
  });

  test('counts each name and each person apart', async () => {
    await spend(few, 'carol');
    await charge(deps, few, 'dave');
    await charge(deps, others, 'carol');
    assert.equal(await isSpent(few, 'carol'), true);
    assert.equal(await isSpent(few, 'dave'), false);
    assert.equal(await isSpent(few, 'nobody'), false);
  });

  test('holds no name and no person in the clear', async () => {
    await charge(deps, few, 'erin@recipient.example');
    const keys = await db.selectFrom('counters').select('key').execute();
    assert.ok(keys.every(({ key }) => /^[A-Za-z0-9_-]{43}$/.test(key)));
  });

  test('charged together with others it counts on all of them or on none', async () => {
    const once: Limit = { name: 'once', most: 1, windowMs: 10_000 };
    await spend(few, 'frank');
    await assert.rejects(
      chargeAll(deps, [
        [once, 'everybody'],
        [few, 'frank'],
      ]),
      isTooMany(),
    );
    assert.equal(await isSpent(once, 'everybody'), false);
    await chargeAll(deps, [
      [once, 'everybody'],
      [few, 'grace'],
    ]);
    assert.equal(await isSpent(once, 'everybody'), true);
  });

  test('what is taken back can be used again, once, and only while it counts', async () => {
    await spend(few, 'heidi');
    await refund(deps, few, 'heidi');
    await charge(deps, few, 'heidi');
    await assert.rejects(charge(deps, few, 'heidi'), isTooMany());
    clock.forward(few.windowMs);
    await refund(deps, few, 'heidi');
    await spend(few, 'heidi');
    await assert.rejects(charge(deps, few, 'heidi'), isTooMany());
    await refund(deps, few, 'ivan');
    await spend(few, 'ivan');
    await assert.rejects(charge(deps, few, 'ivan'), isTooMany());
  });

  test('is removed when its window is over, and not before', async () => {
    await charge(deps, few, 'judy');
    clock.forward(few.windowMs - 1);
    await charge(deps, few, 'mallory');
    const before = (await db.selectFrom('counters').select('key').execute()).length;
    clock.forward(1);
    const swept = await sweepCounters(db, new Date(clock.nowMs()).toISOString(), 500);
    assert.ok(swept >= 1);
    const left = await db.selectFrom('counters').select('key').execute();
    assert.equal(left.length, before - swept);
    assert.equal(await isSpent({ ...few, most: 1 }, 'mallory'), true);
  });

  async function isSpent(limit: Limit, who: string): Promise<boolean> {
    try {
      await charge(deps, limit, who);
    } catch (error) {
      return isTooMany()(error);
    }
    await refund(deps, limit, who);
    return false;
  }

  async function spend(limit: Limit, who: string): Promise<void> {
    for (let n = 0; n < limit.most; n += 1) await charge(deps, limit, who);
  }
});

function isTooMany(seconds?: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'request/too-many');
    assert.ok(error.retryAfterSeconds !== undefined && error.retryAfterSeconds >= 1);
    if (seconds !== undefined) assert.equal(error.retryAfterSeconds, seconds);
    return true;
  };
}
