// What has run out is removed in batches, and nothing else is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, HOUR_MS, isoTime } from '../../server/core/clock.ts';
import type { Log } from '../../server/core/log.ts';
import { newToken } from '../../server/crypto/random.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import { createPublicFetch } from '../../server/smime/fetch-public.ts';
import { sweepRound, sweeps } from '../../server/worker/sweep.ts';
import type { Sweep, SweepDeps } from '../../server/worker/sweep.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const TABLES = ['challenges', 'codes', 'sessions', 'counters', 'outbox'] as const;
const OVER = 1_203;
const LIVING = 7;

describeEngines('the leavings of years', (engine) => {
  let running: Running;
  let deps: SweepDeps;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    const { db, vault, signer, witness } = running.store;
    const silent = (): void => {};
    const log: Log = { debug: silent, info: silent, warn: silent, error: silent, child: () => log };
    const shredder = bindShredder(running.store);
    deps = {
      db,
      vault,
      log,
      shredder,
      signer,
      witness,
      listAdmins: () => Promise.resolve([]),
      fetchPublic: createPublicFetch(),
      auditKeepDays: undefined,
      countFigures: () => Promise.resolve(0),
      testConnectors: () => Promise.resolve(0),
      reportTls: () => Promise.resolve(0),
    };
  });
  after(() => running.stop());

  /**
   * `count` rows of each kind that may go `endMs` from now: jobs were settled a week before that, and sessions, which are
   * kept for an answer that comes too late, ended an hour before.
   */
  async function leave(count: number, endMs: number): Promise<void> {
    const end = isoTime(running.clock.nowMs() + endMs);
    const over = isoTime(running.clock.nowMs() + endMs - HOUR_MS);
    const settled = isoTime(running.clock.nowMs() + endMs - 7 * DAY_MS);
    const sealed = new Uint8Array(20);
    const ids = Array.from({ length: count }, () => newToken());
    const { db } = running.store;
    for (let from = 0; from < count; from += 500) {
      const some = ids.slice(from, from + 500);
      const times = { created_at: settled, expires_at: end };
      const person = { address_index: 'a', sealed_address: sealed };
      await db
        .insertInto('challenges')
        .values(
          some.map((id) => ({
            id,
            ...person,
            ...times,
            purpose: 'sign-in',
            browser_hash: id,
            salt: sealed,
            attempts: 0,
          })),
        )
        .execute();
      await db
        .insertInto('codes')
        .values(
          some.map((id) => ({
            id,
            challenge_id: id,
            code_hash: sealed,
            sealed_reference: sealed,
            sealed_mail: null,
            used_at: null,
            ...times,
          })),
        )
        .execute();
      await db
        .insertInto('sessions')
        .values(
          some.map((id) => ({
            token_hash: id,
            ...person,
            ...times,
            expires_at: over,
            proved: 'code',
            seen_at: settled,
            ended_at: null,
          })),
        )
        .execute();
      await db
        .insertInto('counters')
        .values(some.map((id) => ({ key: id, count: 1, window_ends_at: end })))
        .execute();
      await db
        .insertInto('outbox')
        .values(
          some.map((id, n) => ({
            id,
            kind: 'notice',
            message_id: null,
            recipient_id: null,
            sealed: null,
            state: n % 2 === 0 ? ('done' as const) : ('dead' as const),
            attempts: 1,
            next_at: settled,
            give_up_at: settled,
            lease_until: null,
            lease_token: null,
            last_error: null,
            created_at: settled,
          })),
        )
        .execute();
    }
  }

  async function counts(): Promise<Record<string, number>> {
    const counted = await Promise.all(
      TABLES.map(async (table) => {
        const row = await running.store.db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow();
        return [table, row.count] as const;
      }),
    );
    return Object.fromEntries(counted);
  }

  const each = (count: number): Record<string, number> => Object.fromEntries(TABLES.map((table) => [table, count]));

  test('go in batches of at most five hundred, round by round, and what is not over stays', async () => {
    await leave(OVER, 0);
    await leave(LIVING, 1);
    for (const left of [703, 203]) {
      assert.equal(await sweepRound(deps), true);
      assert.deepEqual(await counts(), each(left + LIVING));
    }
    assert.equal(await sweepRound(deps), false);
    assert.deepEqual(await counts(), each(LIVING));
    assert.equal(await sweepRound(deps), false);
    running.clock.forward(1);
    assert.equal(await sweepRound(deps), false);
    assert.deepEqual(await counts(), each(0));
  });

  test('of work that still waits, or is under way, nothing goes, however old it is', async () => {
    await leave(2, -DAY_MS);
    await running.store.db.updateTable('outbox').set({ state: 'ready' }).execute();
    await sweepRound(deps);
    assert.equal((await counts())['outbox'], 2);
    await running.store.db.updateTable('outbox').set({ state: 'leased' }).execute();
    await sweepRound(deps);
    assert.equal((await counts())['outbox'], 2);
    await running.store.db.deleteFrom('outbox').execute();
  });

  test('one sweep that fails keeps no other from its turn, and is heard of', async () => {
    await leave(3, 0);
    const heard: unknown[] = [];
    const log: Log = { ...deps.log, error: (event, fields) => heard.push([event, fields?.job]) };
    const broken: Sweep = () => Promise.reject(new Error('no such luck'));
    assert.equal(await sweepRound({ ...deps, log }, { broken, ...sweeps }), false);
    assert.deepEqual(heard, [['sweep.failed', 'broken']]);
    assert.deepEqual(await counts(), each(0));
  });

  test('the worker comes back for the rest at its next look, until nothing is left', async () => {
    await leave(OVER, 0);
    running.program.worker.start();
    for (let looks = 0; Object.values(await counts()).some((count) => count > 0); looks += 1) {
      assert.ok(looks < 1_000, 'the rest is never swept');
      running.program.worker.kick();
      await sleep(10);
    }
  });
});
