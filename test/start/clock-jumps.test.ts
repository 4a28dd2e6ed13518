// The machine's clock is set, and the program started on it: what has run out stays so.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DAY_MS } from '../../server/core/clock.ts';
import { startChild } from '../support/child-program.ts';
import type { ChildProgram } from '../support/child-program.ts';
import { sealpost } from '../support/command.ts';
import { signInByLink } from '../support/mailbox.ts';
import { plainMail, submit } from '../support/submit.ts';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const BOB = 'bob@recipient.example';

/** Only the time of day jumps; a machine's ticks do not. */
const clockAt = (offset: string) => ({ LD_PRELOAD: LIBRARY, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' });

describe(
  'a message past its last day',
  { skip: existsSync(LIBRARY) ? false : 'SKIPPED: needs faketime on this machine' },
  () => {
    let dataDir: string;
    let id = '';

    before(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
      const child = await startChild(dataDir);
      const raw = plainMail({ to: BOB, headers: ['X-Sealpost-Expires: 1d'] });
      const reply = await submit(child.smtpPort, { from: 'alice@example.com', to: [BOB], raw });
      id = reply.split(' ')[2] ?? '';
      assert.equal(await statusFor(child), 200);
      await child.stop('SIGTERM');
    });
    after(() => rm(dataDir, { recursive: true, force: true }));

    /** What its recipient gets who signs in now. */
    async function statusFor(child: ChildProgram): Promise<number> {
      // Of earlier codes none is left: the newest is told by its time, and time is what is played with here.
      const mails = child.store.db.selectFrom('try_mail').select('id').orderBy('id').limit(1).offset(1);
      await child.store.db.deleteFrom('try_mail').where('id', '>=', mails).execute();
      // By this process's clock the other's jobs may not be due for days.
      const drain = async (): Promise<void> => {
        const left = () => child.store.db.selectFrom('outbox').select('id').where('state', 'in', ['ready', 'leased']);
        while ((await left().executeTakeFirst()) !== undefined) await delay(20);
      };
      const bob = await signInByLink({ ...child, drain }, BOB);
      return (await bob.get(`/messages/${id}`)).status;
    }

    test('is closed, and stays closed for a program that is killed and started with the clock set back', async () => {
      const later = await startChild(dataDir, clockAt('+3d'));
      assert.equal(await statusFor(later), 410);
      await later.stop('SIGKILL');

      const back = await startChild(dataDir, { LOG_LEVEL: 'warn', ...clockAt('+12h') });
      try {
        assert.match(back.output(), /clock\.behind/);
        assert.equal(await statusFor(back), 410);
        // What is new is dated after what was there.
        await submit(back.smtpPort, { from: 'alice@example.com', to: [BOB], raw: plainMail({ to: BOB }) });
        const rows = await back.store.db.selectFrom('messages').select('created_at').orderBy('id').execute();
        const [first, second] = rows.map((row) => Date.parse(row.created_at));
        assert.ok((second ?? 0) - (first ?? 0) >= 3 * DAY_MS);
      } finally {
        await back.stop('SIGTERM');
      }
    });

    test('is what doctor warns of, until an operator says that the clock was wrong', async () => {
      const doctor = () => sealpost({ DATA_DIR: dataDir }, 'doctor');
      const warned = await doctor();
      assert.equal(warned.code, 1);
      assert.match(warned.out, /^failed +clock +\d+ s behind/m);
      assert.equal((await sealpost({ DATA_DIR: dataDir }, 'clock', 'forget')).code, 0);
      const well = await doctor();
      assert.equal(well.code, 0, well.out);
      assert.match(well.out, /^ok +clock/m);
    });

    test('is not forgotten while a server runs that would bring it back', async () => {
      const forget = (...force: string[]) => sealpost({ DATA_DIR: dataDir }, 'clock', 'forget', ...force);
      const child = await startChild(dataDir);
      const { code, err } = await forget();
      await child.stop('SIGKILL');
      assert.equal(code, 1);
      assert.match(err, /^A server kept the time \d+ s ago, .*: npx sealpost clock forget --force\n$/);
      assert.equal((await forget()).code, 1, 'nobody knows that it was killed');
      assert.match((await forget('--force')).out, /^Forgot 20/);
    });
  },
);
