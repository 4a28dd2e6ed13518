// Blobs that belong to no message are removed, in files and in S3, and no other blob ever is.

import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS, MINUTE_MS, isoNow } from '../../server/core/clock.ts';
import { silentLog } from '../../server/core/log.ts';
import { newId } from '../../server/crypto/random.ts';
import { loadMark } from '../../server/db/marks.ts';
import { setMark } from '../../server/db/marks.ts';
import { createBlobSweep } from '../../server/worker/sweep-blobs.ts';
import type { BlobSweep } from '../../server/worker/sweep-blobs.ts';
import { mailWith } from '../roads/mails.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram, testClock } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startS3 } from '../support/s3.ts';
import type { TestS3 } from '../support/s3.ts';
import { submit } from '../support/submit.ts';

for (const where of ['files', 'S3'] as const) {
  describe(`the sweep of blobs in ${where}`, () => {
    let s3: TestS3 | undefined;
    let running: Running;
    let sweep: BlobSweep;
    before(async () => {
      if (where === 'S3') s3 = await startS3();
      running = await startProgram({ env: s3?.env ?? {} });
      await setMark(running.store.db, 'begun', '2020-01-01T00:00:00.000Z');
    });
    beforeEach(() => {
      sweep = createBlobSweep({ db: running.store.db, vault: running.store.vault, log: silentLog });
    });
    after(async () => {
      await running.stop();
      await s3?.close();
    });

    const round = async (): Promise<void> => {
      sweep.begin();
      await sweep.over();
    };
    const put = async (): Promise<string> => {
      const staged = await running.store.vault.blobs.stage(newId(running.clock));
      await staged.write(Buffer.from('sealed'));
      await staged.commit();
      return staged.id;
    };
    const isThere = async (id: string): Promise<boolean> => (await running.store.vault.blobs.look(id)) !== undefined;

    test('a blob without a message is removed by the second round that finds it so, a day later', async () => {
      const id = await put();
      await round();
      await round();
      assert.ok(await isThere(id), 'young');
      running.clock.forward(DAY_MS + MINUTE_MS);
      await round();
      assert.ok(await isThere(id), 'found once');
      await round();
      assert.ok(!(await isThere(id)));
    });

    test('the blobs of a message stay, however old it is, and go when it is destroyed and a kill left them', async () => {
      const messageId = await handIn(running);
      const { blob_id: id } = await running.store.db
        .selectFrom('parts')
        .select('blob_id')
        .where('message_id', '=', messageId)
        .where('blob_id', 'is not', null)
        .executeTakeFirstOrThrow();
      assert.ok(id !== null);
      running.clock.forward(10 * DAY_MS);
      for (let n = 0; n < 3; n += 1) await round();
      assert.ok(await isThere(id));
      // What destroying does before it removes the blobs.
      await running.store.db.deleteFrom('parts').where('message_id', '=', messageId).execute();
      for (let n = 0; n < 2; n += 1) await round();
      assert.ok(!(await isThere(id)));
    });

    test('a blob that gets its message between two rounds stays, though the clock leapt', async () => {
      const messageId = await handIn(running);
      const id = await put();
      running.clock.forward(30 * DAY_MS);
      await round();
      await running.store.db
        .insertInto('parts')
        .values({ message_id: messageId, n: 99, size_bytes: 0, inline_bytes: null, blob_id: id })
        .execute();
      for (let n = 0; n < 3; n += 1) await round();
      assert.ok(await isThere(id));
    });

    test('a blob that is older than the database stays, and is said: it is left of a database that is lost', async () => {
      const id = await put();
      await setMark(running.store.db, 'begun', isoNow(running.clock, MINUTE_MS));
      running.clock.forward(30 * DAY_MS);
      const said: unknown[] = [];
      const warn = (event: string, fields: unknown): void => void said.push([event, fields]);
      const { db, vault } = running.store;
      sweep = createBlobSweep({ db, vault, log: { ...silentLog, warn } });
      for (let n = 0; n < 3; n += 1) await round();
      assert.ok(await isThere(id));
      assert.deepEqual(said, [['blobs.older-than-database', { count: 1 }]]);
      await setMark(running.store.db, 'begun', '2020-01-01T00:00:00.000Z');
      for (let n = 0; n < 2; n += 1) await round();
      assert.ok(!(await isThere(id)));
    });

    test('a blob from a machine whose clock is days behind stays while the store calls it young', async () => {
      const staged = await running.store.vault.blobs.stage(newId({ nowMs: () => Date.now() - 5 * DAY_MS }));
      await staged.commit();
      const real = createBlobSweep({
        db: running.store.db,
        vault: { blobs: running.store.vault.blobs, clock: { nowMs: () => Date.now() } },
        log: silentLog,
      });
      for (let n = 0; n < 3; n += 1) {
        real.begin();
        await real.over();
      }
      assert.ok(await isThere(staged.id));
    });

    test('a young blob stays though the store calls it old', async () => {
      const id = await put();
      const [name, longAgo] = [id.slice(-2), new Date(running.clock.nowMs() - 9 * DAY_MS)];
      const file = s3?.fileOf(`portal/${id}`) ?? join(running.dataDir, 'blobs', name, id);
      await utimes(file, longAgo, longAgo);
      for (let n = 0; n < 3; n += 1) await round();
      assert.ok(await isThere(id));
    });

    test('what a killed process left half written goes too, and what is being written does not', async () => {
      const { blobs } = running.store.vault;
      const large = Buffer.alloc(9 * 1024 * 1024);
      const staged = await blobs.stage(newId(running.clock));
      await staged.write(large);
      await round();
      await staged.commit();
      assert.equal((await blobs.look(staged.id))?.sizeBytes, large.length);
      // A second opening of the store knows nothing of what the first was writing when it died.
      const lost = await blobs.stage(newId(running.clock));
      await lost.write(large);
      const left = (): Promise<string[]> =>
        s3 === undefined ? readdir(join(running.dataDir, 'blobs', 'staging')) : s3.uploads();
      assert.equal((await left()).length, 1);
      const other = await startProgram({
        env: s3?.env ?? {},
        dataDir: running.dataDir,
        clock: running.clock,
        keep: true,
      });
      try {
        const after = createBlobSweep({ db: other.store.db, vault: other.store.vault, log: silentLog });
        running.clock.forward(DAY_MS + MINUTE_MS);
        after.begin();
        await after.over();
        assert.deepEqual(await left(), []);
        await lost.discard();
      } finally {
        await other.stop();
      }
    });
  });
}

test('a running worker sweeps by itself, and says how much', async () => {
  const running = await startProgram({ workerRuns: true });
  try {
    const { blobs } = running.store.vault;
    // The first sweep writes down since when there is this database: what is older would be left alone.
    await eventually(async () => (await loadMark(running.store.db, 'begun')) !== undefined);
    running.clock.forward(1);
    const staged = await blobs.stage(newId(running.clock));
    await staged.commit();
    running.clock.forward(DAY_MS + MINUTE_MS);
    running.program.worker.kick();
    await eventually(async () => {
      running.clock.forward(11 * MINUTE_MS);
      running.program.worker.kick();
      return (await blobs.look(staged.id)) === undefined;
    });
    await eventually(() => /"count":1,"event":"blobs\.swept"/.test(running.logged()));
  } finally {
    await running.stop();
  }
});

test('while a slow store gives up the blobs of what is over, mail goes out', async () => {
  const first = await startProgram({ keep: true });
  await handIn(first);
  await first.stop();
  const clock = testClock();
  clock.forward(60 * DAY_MS);
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const remove = (): Promise<void> => {
    asked.resolve();
    return gone.promise;
  };
  const running = await startProgram({
    dataDir: first.dataDir,
    clock,
    workerRuns: true,
    around: (store) => ({ ...store, vault: { ...store.vault, blobs: { ...store.vault.blobs, remove } } }),
  });
  try {
    await asked.promise;
    await handIn(running);
    const mails = running.store.db.selectFrom('try_mail').select('id');
    await eventually(async () => (await mails.execute()).length > 0);
  } finally {
    gone.resolve();
    await running.stop();
  }
});

async function handIn(running: Running): Promise<string> {
  const content = Buffer.alloc(100_000, 'secret ');
  const reply = await submit(running.smtpPort, {
    from: 'alice@example.com',
    to: ['bob@recipient.example'],
    raw: mailWith({ attachments: [{ filename: 'a.bin', content }] }),
  });
  assert.match(reply, /^250 /);
  return reply.split(' ')[2] ?? '';
}
