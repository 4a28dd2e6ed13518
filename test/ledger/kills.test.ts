// The process is killed again and again while mails come in over many connections and notices leave: everything that
// was answered for is there once, whole, readable by each of its recipients and announced to each.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOUR_MS } from '../../server/core/clock.ts';
import { lanes } from '../../server/outbox/jobs.ts';
import { ApiClient, makeKey } from '../roads/api-client.ts';
import { startChild } from '../support/child-program.ts';
import { startProgram, testClock } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import type { Entry } from './ledger.ts';
import { handIn, makeEntry } from './ledger.ts';
import { readBack } from './read-back.ts';

// LEDGER_KILLS=200 for an afternoon; LEDGER_SEED for the moments of an earlier run.
const KILLS = Number(process.env['LEDGER_KILLS'] ?? 10);
const SEED = Number(process.env['LEDGER_SEED'] ?? randomInt(1, 2_147_483_646));
const PER_LIFE = 12;
const CONNECTIONS = 8;
const MORE_MS_MAX = 250;

describe('a ledger of everything handed in', () => {
  let dataDir: string;
  let relay: TestRelay;
  let random = SEED;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
    relay = await startRelay();
  });
  after(async () => {
    await relay.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Park and Miller's generator: the same moments for the same seed. */
  function upTo(most: number): number {
    random = (random * 48_271) % 2_147_483_647;
    return random % (most + 1);
  }

  test(`agrees with what is there after ${KILLS} kills`, async () => {
    const env = { ...relayEnv(relay, 'opportunistic'), LOG_LEVEL: 'info' };
    const first = await startProgram({ dataDir, env, keep: true });
    const { key } = await makeKey(first);
    await first.stop();

    const entries: Entry[] = [];
    for (let kills = 0; kills < KILLS; kills += 1) {
      const child = await startChild(dataDir, env);
      const life = Array.from({ length: PER_LIFE }, (_, n) => makeEntry(entries.length + n));
      entries.push(...life);
      const { promise: inFullSwing, resolve } = Promise.withResolvers<void>();
      let answers = 1 + upTo(PER_LIFE / 2);
      const door = { smtpPort: child.smtpPort, api: new ApiClient(child.url, key) };
      const done = handIn(door, life, CONNECTIONS, () => {
        answers -= 1;
        if (answers === 0) resolve();
      });
      await Promise.race([inFullSwing, done]);
      await delay(upTo(MORE_MS_MAX));
      await child.stop('SIGKILL');
      await done;
    }

    // The jobs that died under way are another's when their lease has run out.
    const clock = testClock();
    clock.forward(HOUR_MS);
    const running = await startProgram({ dataDir, env, clock, keep: true });
    try {
      const open = entries.filter(({ outcome }) => outcome === 'open');
      // Half of what was cut off comes again, as a mail server would bring it; the other half never does.
      const again = open.filter((_, n) => n % 2 === 0);
      await handIn({ smtpPort: running.smtpPort, api: new ApiClient(running.url, key) }, again, CONNECTIONS);
      const counted = await readBack(running, relay, entries);
      console.log(`ledger: seed ${SEED}, ${KILLS} kills, ${again.length} came again: ${JSON.stringify(counted)}`);
      assert.equal(counted.open, open.length - again.length);
      assert.ok(counted.accepted > 0 && counted.refused > 0);
      const inFlightMost = lanes.reduce((sum, { places }) => sum + places, 0);
      assert.ok(counted.noticesTwice <= KILLS * inFlightMost);
      for (const { outcome, faulty, answer } of entries) if (outcome === 'refused') assert.ok(faulty, answer);
    } finally {
      await running.stop();
    }
  });
});
