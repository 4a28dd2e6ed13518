// Whose job it is: leases are renewed while their work lasts, and who has lost one sends and settles nothing.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';
import { MINUTE_MS, SECOND_MS, isoNow } from '../../server/core/clock.ts';
import { silentLog } from '../../server/core/log.ts';
import { createKeyring } from '../../server/crypto/keyring.ts';
import { inTransaction, openDatabase } from '../../server/db/engine.ts';
import type { Db } from '../../server/db/engine.ts';
import { migrate } from '../../server/db/migrate.ts';
import { enqueue, settleDone } from '../../server/outbox/outbox.store.ts';
import { LeaseLost, Leases } from '../../server/worker/leases.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/mime.ts';
import { startProgram, testClock } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

describe('a lease', () => {
  const clock = testClock();
  const vault = { clock, keyring: createKeyring(clock) };
  let db: Db;
  let ours: Leases;
  let theirs: Leases;

  beforeEach(async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    db = openDatabase({ kind: 'sqlite', file: ':memory:' });
    await migrate(db);
    ours = new Leases({ db, vault, log: silentLog });
    theirs = new Leases({ db, vault, log: silentLog });
    await inTransaction(db, async (tx) => {
      for (const recipientId of ['a', 'b']) await enqueue(vault, tx, { kind: 'notice', recipientId });
    });
  });
  afterEach(async () => {
    mock.timers.reset();
    await db.destroy();
  });

  /** Time goes on for everybody, timers too, and what they began comes to its end. */
  async function pass(ms: number): Promise<void> {
    clock.forward(ms);
    mock.timers.tick(ms);
    for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  test('lasts a minute, and as long as its work when that takes a quarter of an hour', async () => {
    const leases = await ours.claim(['notice'], 8);
    assert.equal(leases.length, 2);
    for (let minutes = 0; minutes < 15; minutes += 1) {
      for (let thirds = 0; thirds < 3; thirds += 1) await pass(20 * SECOND_MS);
      assert.deepEqual(await theirs.claim(['notice'], 8), []);
    }
    for (const lease of leases) lease.end();
    await pass(20 * SECOND_MS);
    await pass(41 * SECOND_MS);
    const taken = await theirs.claim(['notice'], 8);
    assert.equal(taken.length, 2, 'what nobody works on any more is another’s after a minute');
    for (const lease of taken) lease.end();
  });

  test('of a process that stood still is lost once another has taken the job, and settles nothing', async () => {
    const [lease] = await ours.claim(['notice'], 1);
    assert.ok(lease);
    clock.forward(MINUTE_MS);
    const taken = (await theirs.claim(['notice'], 2)).find(({ job }) => job.id === lease.job.id);
    assert.ok(taken);
    const until = () =>
      db.selectFrom('outbox').select('lease_until').where('id', '=', lease.job.id).executeTakeFirstOrThrow();
    const theirsUntil = await until();
    clock.forward(SECOND_MS);
    await assert.rejects(lease.check(), LeaseLost);
    assert.deepEqual(await until(), theirsUntil, 'nor makes the other’s last');
    assert.equal(await inTransaction(db, (tx) => settleDone(tx, lease.job)), false);
    await taken.check();
    assert.equal(await inTransaction(db, (tx) => settleDone(tx, taken.job)), true);
    await assert.rejects(lease.check(), LeaseLost, 'and stays lost');
    lease.end();
    taken.end();
  });

  test('that came back to the same process is the new one’s alone', async () => {
    const [first] = await ours.claim(['notice'], 1);
    clock.forward(MINUTE_MS);
    const again = (await ours.claim(['notice'], 2)).find(({ job }) => job.id === first?.job.id);
    assert.ok(again);
    await pass(20 * SECOND_MS);
    await assert.rejects(async () => first?.check(), LeaseLost);
    await again.check();
    first?.end();
    again.end();
  });

  test('that ran out with nobody there to take it goes on', async () => {
    const [lease] = await ours.claim(['notice'], 1);
    clock.forward(10 * MINUTE_MS);
    await lease?.check();
    assert.equal((await theirs.claim(['notice'], 8)).length, 1, 'the other job only');
  });

  test('that is fresh is not asked for, and an old one is no licence to send when nobody can be asked', async () => {
    const [lease] = await ours.claim(['notice'], 1);
    assert.ok(lease);
    await db.schema.alterTable('outbox').renameTo('away').execute();
    await lease.check();
    clock.forward(21 * SECOND_MS);
    await assert.rejects(lease.check(), /no such table/);
    await db.schema.alterTable('away').renameTo('outbox').execute();
    await lease.check();
    lease.end();
  });

  test('survives a renewal that failed', async () => {
    const [lease] = await ours.claim(['notice'], 1);
    await db.schema.alterTable('outbox').renameTo('away').execute();
    await pass(20 * SECOND_MS);
    await db.schema.alterTable('away').renameTo('outbox').execute();
    await pass(20 * SECOND_MS);
    const row = await db.selectFrom('outbox').select('lease_until').where('state', '=', 'leased').executeTakeFirst();
    assert.equal(row?.lease_until, isoNow(clock, MINUTE_MS));
    lease?.end();
  });
});

describe('a process that is held up while it sends a notice', () => {
  let relay: TestRelay;
  let first: Running;
  let second: Running;

  before(async () => {
    relay = await startRelay();
    first = await startProgram({ env: relayEnv(relay, 'opportunistic'), keep: true });
    second = await startProgram({
      env: relayEnv(relay, 'opportunistic'),
      dataDir: first.dataDir,
      clock: first.clock,
    });
  });
  after(async () => {
    await first.stop();
    await second.stop();
    await relay.close();
  });
  beforeEach(() => {
    relay.mails.length = 0;
    relay.attempts.length = 0;
  });

  const jobsOf = (id: string) =>
    first.store.db.selectFrom('outbox').select(['state', 'attempts']).where('message_id', '=', id).execute();

  test('does not send it when it wakes, if another has sent it meanwhile', async () => {
    const { arrived, release } = relay.holdNext();
    const id = await send(first, { to: 'bob@recipient.example' });
    const sending = first.drain();
    await arrived;
    first.clock.forward(MINUTE_MS);
    await second.drain();
    assert.equal(relay.mails.length, 1);
    release();
    await sending;
    assert.equal(relay.attempts.length, 2, 'it had come as far as the recipient');
    assert.equal(relay.mails.length, 1);
    assert.match(first.logged(), /"event":"lease\.lost"/);
    assert.deepEqual(await jobsOf(id), [{ state: 'done', attempts: 2 }]);
  });

  test('sends it when it wakes, if nobody has', async () => {
    const { arrived, release } = relay.holdNext();
    const id = await send(first, { to: 'bob@recipient.example' });
    const sending = first.drain();
    await arrived;
    first.clock.forward(10 * MINUTE_MS);
    release();
    await sending;
    await second.drain();
    assert.equal(relay.mails.length, 1);
    assert.deepEqual(await jobsOf(id), [{ state: 'done', attempts: 1 }]);
  });

  test('settles what it has sent as soon as the database takes it, and does not send it again', async () => {
    const { arrived, release } = relay.hold();
    const id = await send(first, { to: 'bob@recipient.example' });
    const sending = first.drain();
    await arrived;
    const { schema } = first.store.db;
    await schema.alterTable('audit').renameTo('away').execute();
    release();
    await eventually(() => first.logged().includes('"event":"job.settle-failed"'));
    await schema.alterTable('away').renameTo('audit').execute();
    await sending;
    assert.equal(relay.mails.length, 1);
    assert.deepEqual(await jobsOf(id), [{ state: 'done', attempts: 1 }]);
  });
});
