// What the audit tells of readings: each of them once.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';

describe('a message that is looked at', () => {
  let running: Running;
  let id: string;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());
  beforeEach(async () => {
    id = await send(running, { to: BOB });
  });

  async function readings(): Promise<number> {
    const rows = await running.store.db
      .selectFrom('audit')
      .select('seq')
      .where('message_id', '=', id)
      .where('event', '=', 'message-read')
      .execute();
    return rows.length;
  }

  test('again within a minute was read once', async () => {
    const bob = await signInByAddress(running, BOB);
    for (let time = 0; time < 3; time++) assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    assert.equal(await readings(), 1);
  });

  test('a minute later was read again', async () => {
    const bob = await signInByAddress(running, BOB);
    await bob.get(`/messages/${id}`);
    running.clock.forward(MINUTE_MS);
    await bob.get(`/messages/${id}`);
    assert.equal(await readings(), 2);
  });

  test('in two sessions at the same time was read twice', async () => {
    for (const bob of [await signInByAddress(running, BOB), await signInByAddress(running, BOB)]) {
      await bob.get(`/messages/${id}`);
    }
    assert.equal(await readings(), 2);
  });

  test('is refused all the same once it was taken back', async () => {
    const bob = await signInByAddress(running, BOB);
    await bob.get(`/messages/${id}`);
    await running.store.db
      .updateTable('recipients')
      .set({ revoked_at: '2026-11-21T10:00:00.000Z' })
      .where('message_id', '=', id)
      .execute();
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
  });

  test('and whose reading cannot be written down is not shown', async () => {
    const bob = await signInByAddress(running, BOB);
    const beside = new Database(join(running.dataDir, 'sealpost.db'));
    try {
      beside.exec("create trigger broken before insert on audit begin select raise(abort, 'broken'); end");
      assert.equal((await bob.get(`/messages/${id}`)).status, 500);
      assert.equal((await bob.get(`/messages/${id}`)).status, 500, 'nor at the second try');
    } finally {
      beside.exec('drop trigger broken');
      beside.close();
    }
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
  });
});
