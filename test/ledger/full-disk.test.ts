// The disk fills up under the program: senders are told to come again, readers and senders keep their pages, and it
// goes on by itself when there is room. What was answered for is there, of the rest there is nothing.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOUR_MS } from '../../server/core/clock.ts';
import { ApiClient, assertProblem, makeKey } from '../roads/api-client.ts';
import { filesIn } from '../roads/stored.ts';
import { Visitor } from '../support/browser.ts';
import { startChild } from '../support/child-program.ts';
import type { ChildProgram } from '../support/child-program.ts';
import { startProgram, testClock } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { missingDisk, mountSmallDisk } from '../support/small-disk.ts';
import type { SmallDisk } from '../support/small-disk.ts';
import { handIn, makeEntry, READERS } from './ledger.ts';
import type { Door, Entry } from './ledger.ts';
import { readBack, signIn } from './read-back.ts';
import { systemClock } from '../../server/core/clock.ts';
import { enrolApp } from '../support/staff.ts';

const MB = 1024 * 1024;
const DISK_MB = 64;
// Two hundredths of the disk.
const RESERVE_BYTES = 0.02 * DISK_MB * MB;
const [READER = ''] = READERS;

describe('a disk that is full', { skip: missingDisk() ?? false }, () => {
  const entries: Entry[] = [];
  let disk: SmallDisk;
  let relay: TestRelay;
  let env: Record<string, string>;
  let key: string;
  let child: ChildProgram;
  let door: Door;
  let reader: Visitor;
  let sender: Visitor;
  let admin: Visitor;

  before(async () => {
    disk = mountSmallDisk(DISK_MB);
    relay = await startRelay();
    env = { ...relayEnv(relay, 'opportunistic'), LOG_LEVEL: 'info', SESSION_IDLE_MINUTES: '600' };
    const first = await startProgram({ dataDir: disk.path, env, keep: true });
    ({ key } = await makeKey(first));
    await first.stop();
    await startAgain();
    await hand(next(), next());
    reader = await signIn(child, relay, READER);
    sender = await signIn(child, relay, 'alice@example.com');
    admin = await signIn(child, relay, 'admin@example.com');
    // Outside of try-out mode the console wants more than a mailed code.
    await enrolApp({ clock: systemClock }, admin);
  });
  after(async () => {
    await child.stop('SIGKILL');
    await relay.close();
    disk.unmount();
  });

  async function startAgain(): Promise<void> {
    child = await startChild(disk.path, env);
    door = { smtpPort: child.smtpPort, api: new ApiClient(child.url, key) };
  }

  /** Another one for the ledger, without a fault of its own. */
  function next(more: Partial<Entry> = {}, fileBytes?: number): Entry {
    const entry: Entry = { ...makeEntry(entries.length, fileBytes), to: [READER], faulty: false, ...more };
    entries.push(entry);
    return entry;
  }

  async function hand(...some: Entry[]): Promise<string[]> {
    await handIn(door, some, some.length);
    return some.map(({ answer }) => answer);
  }

  /** How much room there is is looked at once a second. */
  async function handUntilTaken(entry: Entry): Promise<void> {
    while ((await hand(entry))[0]?.startsWith('2') !== true) await delay(100);
  }

  test('but for the reserve takes nothing in, on any road, and says so', async () => {
    await disk.fillTo(RESERVE_BYTES * 0.9);
    await delay(1_000);
    const before = await filesIn(disk.path);
    assert.deepEqual(await hand(next({ road: 'smtp' }), next({ road: 'smtp' }, 2 * MB)), ['452 4.3.1', '452 4.3.1']);
    assert.deepEqual(await hand(next({ road: 'api' })), ['507']);
    assertProblem(
      await door.api.sendJson('/messages', { from: 'alice@example.com', to: [READER], subject: 's', text: 't' }),
      507,
      'server/storage-full',
      /no room/,
    );
    const path = `/messages/${entries[0]?.id}`;
    const answer = await reader.postMultipart(`${path}/reply`, { text: 'An answer' }, [], path);
    assert.equal(answer.status, 507);
    assert.match(answer.text, /no room/i);
    assert.deepEqual(await filesIn(disk.path), before);
  });

  test('but for the reserve lets people sign in and read, and senders take back and give back', async () => {
    const path = `/messages/${entries[0]?.id}`;
    const another = await signIn(child, relay, READER);
    assert.equal((await another.get(path)).status, 200);
    const sent = `/sent/${entries[0]?.id}`;
    assert.equal((await sender.post(`${sent}/revoke`, {}, sent)).status, 303);
    assert.equal((await another.get(path)).status, 410);
    assert.equal((await sender.post(`${sent}/restore`, {}, sent)).status, 303);
    assert.equal((await another.get(path)).status, 200);
  });

  test('to the last byte still shows every page that tells nobody of a reading', async () => {
    await disk.fillTo(0);
    const sees = async (visitor: Visitor, path: string): Promise<number> => (await visitor.get(path)).status;
    const stranger = new Visitor(child.url);
    for (const path of ['/healthz', '/sign-in']) assert.equal(await sees(stranger, path), 200, path);
    assert.equal(await sees(reader, '/messages'), 200);
    for (const path of ['/sent', `/sent/${entries[0]?.id}`]) assert.equal(await sees(sender, path), 200, path);
    assert.equal(await sees(admin, '/admin/brands/default'), 200);
    // A reading goes into the audit log before the message is opened; whether SQLite's log has a place left for it
    // is chance.
    assert.ok([200, 507].includes(await sees(reader, `/messages/${entries[0]?.id}`)));
    assert.deepEqual(await hand(next({ road: 'smtp' }), next({ road: 'api' })), ['452 4.3.1', '507']);
  });

  test('is no reason to stay shut when there is room again', async () => {
    await disk.empty();
    await handUntilTaken(next({ road: 'smtp' }));
    await handUntilTaken(next({ road: 'api' }));
  });

  test('in the middle of a mail leaves nothing of it behind', async () => {
    const before = await filesIn(disk.path);
    await disk.fillTo(6 * MB);
    await delay(1_000);
    const roomBefore = await disk.freeBytes();
    const answers = await hand(next({ road: 'smtp' }, 12 * MB), next({ road: 'api' }, 12 * MB));
    assert.deepEqual(answers, ['452 4.3.1', '507']);
    assert.deepEqual(
      (await filesIn(disk.path)).filter((file) => file !== 'ballast'),
      before,
    );
    assert.ok((await disk.freeBytes()) > roomBefore - MB);
    await disk.empty();
    await handUntilTaken(next({ road: 'smtp' }));
  });

  test('and killed there, has lost nothing and nothing by halves when it is well again', async () => {
    await disk.fillTo(3 * MB);
    const many = Array.from({ length: 12 }, (_, n) => next({ road: n % 2 === 0 ? 'smtp' : 'api' }, 600_000));
    const handing = handIn(door, many, 6);
    while (many.every(({ outcome }) => outcome !== 'refused')) await delay(10);
    await child.stop('SIGKILL');
    await handing;
    await disk.empty();
    // The jobs that died under way are another's when their lease has run out.
    const clock = testClock();
    clock.forward(HOUR_MS);
    const running = await startProgram({ dataDir: disk.path, env, clock, keep: true });
    try {
      const counted = await readBack(running, relay, entries);
      console.log(`full disk: ${JSON.stringify(counted)}`);
    } finally {
      await running.stop();
    }
  });
});
