// Asking and checking side by side, with the hashing held back until all have come as far: the moments that a
// race over the network meets only now and then.

import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { parseAddress } from '../../server/core/address.ts';
import { sha256 } from '../../server/crypto/digest.ts';
import { createKeyring } from '../../server/crypto/keyring.ts';
import type { Hasher } from '../../server/crypto/passwords.ts';
import { askCode } from '../../server/signin/ask-code.ts';
import type { NewCode, SigninDeps } from '../../server/signin/ask-code.ts';
import { checkCode } from '../../server/signin/check-code.ts';
import { loadWaiting } from '../../server/signin/waiting.ts';
import { newTestDatabase, testClock } from '../support/program.ts';

const address = parseAddress('bob@recipient.example');
const asker = { purpose: 'sign-in', browserHash: 'a browser', network: '192.0.2.1' };

const db = await newTestDatabase();

describe('codes asked for and typed at the same moment', () => {
  const clock = testClock(Date.parse('2026-11-21T10:00:00.000Z'));
  const keyring = createKeyring(clock);
  /** How many hashes have to be asked for before any is given. */
  let together = 1;
  let waiting: (() => void)[] = [];

  const hasher: Hasher = {
    hashCode: async (code, salt) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < together) return;
        for (const goOn of waiting.splice(0)) goOn();
      });
      return sha256(Buffer.concat([Buffer.from(code), salt]));
    },
    verifyEncoded: () => Promise.resolve(false),
    hashEncoded: () => Promise.reject(new Error('not asked for here')),
  };
  const deps: SigninDeps = { db, keyring, clock, hasher, passcodeMinutes: 10 };

  after(() => db.destroy());
  beforeEach(async () => {
    together = 1;
    waiting = [];
    for (const table of ['codes', 'challenges', 'counters'] as const) await db.deleteFrom(table).execute();
  });

  test('of four right ones that all have been hashed, one is used', async () => {
    const { code } = await ask();
    together = 4;
    const outcomes = await Promise.allSettled([check(code), check(code), check(code), check(code)]);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.match(String(outcome.reason), /has been used already/);
    }
  });

  test('a right one among wrong ones, all hashed, is used once and leaves four tried', async () => {
    const { code } = await ask();
    together = 5;
    const codes = ['00000000', '00000001', code, code, '00000002', '00000003', '00000004', code];
    const outcomes = await Promise.allSettled(codes.map((one) => check(one)));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    const untried = outcomes.filter(
      (one) => one.status === 'rejected' && /tried too often\. Ask/.test(String(one.reason)),
    );
    assert.equal(untried.length, 3);
  });

  test('four requests of one browser share one challenge, and their codes are of one kind', async () => {
    together = 4;
    const made = await Promise.all([ask(), ask(), ask(), ask()]);
    const challenges = await db.selectFrom('challenges').selectAll().execute();
    assert.equal(challenges.length, 1);
    assert.equal((await db.selectFrom('codes').selectAll().execute()).length, 4);
    const shown = await loadWaiting(deps, asker);
    assert.ok(made.some(({ reference }) => reference === shown?.reference));
  });

  test('a request that finds the hashing busy leaves no code and no mail', async () => {
    const busy: SigninDeps = { ...deps, hasher: { ...hasher, hashCode: () => Promise.reject(new Error('busy')) } };
    let mails = 0;
    await assert.rejects(
      askWith(busy, async () => void (mails += 1)),
      /busy/,
    );
    assert.equal(mails, 0);
    assert.equal((await db.selectFrom('codes').selectAll().execute()).length, 0);
    assert.equal(await loadWaiting(deps, asker), undefined);
    const { code } = await ask();
    assert.equal(await check(code), address);
  });

  test('a code whose mail cannot be queued does not exist', async () => {
    await assert.rejects(
      askWith(deps, () => Promise.reject(new Error('the outbox is away'))),
      /away/,
    );
    assert.equal((await db.selectFrom('codes').selectAll().execute()).length, 0);
  });

  test('a session that cannot be begun leaves the code to be used again', async () => {
    const { code } = await ask();
    const away = (): Promise<never> => Promise.reject(new Error('the sessions are away'));
    await assert.rejects(checkCode(deps, { ...asker, code }, { proved: away, wrong: () => Promise.resolve() }), /away/);
    assert.equal(await check(code), address);
  });

  async function ask(): Promise<NewCode> {
    let made: NewCode | undefined;
    await askWith(deps, (code) => {
      made = code;
      return Promise.resolve();
    });
    assert.ok(made);
    return made;
  }

  async function askWith(with_: SigninDeps, enqueue: (code: NewCode) => Promise<void>): Promise<void> {
    assert.ok(address);
    await askCode(with_, { ...asker, address }, (_tx, code) => enqueue(code));
  }

  function check(code: string): Promise<string> {
    return checkCode(
      deps,
      { ...asker, code },
      { proved: (_tx, proved) => Promise.resolve(proved), wrong: () => Promise.resolve() },
    );
  }
});
