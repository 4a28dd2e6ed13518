// Several equal processes on one PostgreSQL and one S3: one is killed, one stands still and wakes, the database goes
// away under load. Every notice leaves, once but for those in flight, and nothing that was accepted is lost.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { HOUR_MS } from '../../server/core/clock.ts';
import { ApiClient, makeKey } from '../roads/api-client.ts';
import { mailWith } from '../roads/mails.ts';
import { eventually } from '../support/eventually.ts';
import { startInstance } from '../support/instance.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import type { Postgres } from '../support/postgres.ts';
import { startProgram, testClock } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { startS3 } from '../support/s3.ts';
import type { TestS3 } from '../support/s3.ts';
import { submit } from '../support/submit.ts';
import { handIn, makeEntry } from './ledger.ts';
import { readBack } from './read-back.ts';

const LEASE_MS = 2_000;
/** Notices that one process has under way at most. */
const PLACES = 8;
const NOTICES = 1_000;

describe('several machines', { skip: postgresMissing() ?? false }, () => {
  let postgres: Postgres;
  let s3: TestS3;
  let relay: TestRelay;
  let folder: string;

  before(async () => {
    postgres = await startPostgres();
    s3 = await startS3();
    folder = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
  });
  after(async () => {
    await s3.close();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Settings that all machines of a test share, with nothing of another test's. */
  async function shared(name: string): Promise<Record<string, string>> {
    relay = await startRelay();
    return {
      ...relayEnv(relay, 'opportunistic'),
      ...s3.env,
      BLOB_URL: String(s3.env['BLOB_URL']).replace('/?', `/${name}?`),
      DATABASE_URL: await postgres.newDatabase(),
      KEYRING: join(folder, `${name}.json`),
    };
  }

  const left = (running: Running) =>
    running.store.db.selectFrom('outbox').select('id').where('state', 'in', ['ready', 'leased']).executeTakeFirst();

  test('send each of many notices once, when one dies and one stands still over their work', async () => {
    const env = await shared('notices');
    const running = await startProgram({ env });
    for (let half = 0; half < 2; half += 1) {
      const to = Array.from({ length: NOTICES / 2 }, (_, n) => `reader${half}-${n}@recipient.example`);
      const raw = mailWith({ attachments: [{ filename: 'file.bin', content: Buffer.alloc(100_000, half) }] });
      assert.match(await submit(running.smtpPort, { from: 'alice@example.com', to, raw }), /^250 /);
    }
    const [first, second] = await Promise.all([startInstance(env, LEASE_MS), startInstance(env, LEASE_MS)]);
    await eventually(() => relay.mails.length >= NOTICES / 4);
    await first.kill();
    const third = await startInstance(env, LEASE_MS);
    await eventually(() => relay.mails.length >= NOTICES / 2);
    second.signal('SIGSTOP');
    await eventually(async () => (await left(running)) === undefined);
    const beforeWaking = relay.mails.length;
    second.signal('SIGCONT');
    await second.stop();
    await third.stop();
    await running.stop();
    await relay.close();

    const told = new Map<string, number>();
    for (const { to } of relay.mails) told.set(to, (told.get(to) ?? 0) + 1);
    assert.equal(told.size, NOTICES);
    const twice = relay.mails.length - NOTICES;
    console.log(
      `several machines: ${NOTICES} notices, ${twice} twice, ${relay.mails.length - beforeWaking} of them by the one that woke`,
    );
    assert.ok(twice <= 2 * PLACES, `${twice} were sent twice`);
    assert.ok(Math.max(...told.values()) <= 3);
  });

  test('lose nothing when the database is gone for a while, and go on by themselves', async () => {
    const env = await shared('database');
    const dataDir = join(folder, 'reader');
    const first = await startProgram({ env, dataDir, keep: true });
    const { key } = await makeKey(first);
    const machines = await Promise.all([startInstance(env, LEASE_MS), startInstance(env, LEASE_MS)]);
    const entries = Array.from({ length: 60 }, (_, n) => makeEntry(n, 500));
    let answers = 0;
    const half = (n: number) => entries.filter((_, at) => at % 2 === n);
    const handing = machines.map(({ smtpPort, url }, n) =>
      handIn({ smtpPort, api: new ApiClient(url, key) }, half(n), 4, () => (answers += 1)),
    );
    await eventually(() => answers >= 15);
    await postgres.stop('immediate');
    await eventually(() => entries.some(({ outcome, faulty }) => outcome === 'refused' && !faulty));
    await postgres.start();
    await Promise.all(handing);
    const weather = entries.filter(({ outcome, faulty }) => outcome === 'refused' && !faulty);
    for (const { answer } of weather) assert.match(answer, /^(?:451 4\.3\.0|503)$/);

    // What was put off comes again, and is taken by programs that nobody has started anew.
    for (const { smtpPort, url } of machines) {
      const again = entries.filter(({ outcome, faulty }) => outcome !== 'accepted' && !faulty);
      await handIn({ smtpPort, api: new ApiClient(url, key) }, again, 4);
    }
    assert.ok(entries.every(({ outcome, faulty }) => faulty || outcome === 'accepted'));
    for (const machine of machines) await machine.stop();
    await first.stop();

    const clock = testClock();
    clock.forward(HOUR_MS);
    const running = await startProgram({ env, dataDir, clock, keep: true });
    try {
      const counted = await readBack(running, relay, entries);
      console.log(`database away: ${weather.length} put off: ${JSON.stringify(counted)}`);
      assert.ok(counted.noticesTwice <= 2 * PLACES);
    } finally {
      await running.stop();
      await relay.close();
    }
  });
});
