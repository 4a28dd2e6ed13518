// What is destroyed, and what has been over for two weeks, is shredded: no key is left in any byte of the disk, a signed
// tombstone stays, and everybody still hears the right word for it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { DAY_MS, MINUTE_MS } from '../../server/core/clock.ts';
import type { MessagesTable } from '../../server/db/tables/messages.ts';
import { readTombstone, signTombstone } from '../../server/messages/tombstone.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { sealpost } from '../support/command.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const LARGE = randomBytes(200_000);
const KEPT_MS = 14 * DAY_MS;

describe('a message whose last day is over', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  const sweep = (most = 500): Promise<number> => bindShredder(running.store).shredExpired(most);

  test('is kept for 14 days, in which its sender can give it more time, and then shredded', async () => {
    const id = await shortLived(running);
    const given = await shortLived(running);
    const bob = await signInByLink(running, 'bob@recipient.example');
    await bob.get(`/messages/${id}`);
    const row = await rowOf(running, id);
    const key = Buffer.from(row.wrapped_key ?? []);
    const blobs = await blobsOf(running, id);
    const overAtMs = Date.parse(row.expires_at ?? '');
    const dueMs = overAtMs + KEPT_MS;
    running.clock.forward(dueMs - MINUTE_MS - running.clock.nowMs());
    const alice = await signInByAddress(running, 'alice@example.com');
    running.clock.forward(dueMs - 1 - running.clock.nowMs());
    assert.equal(await sweep(), 0);
    assert.equal((await alice.post(`/sent/${given}/expiry`, { expires: '7d' }, `/sent/${given}`)).status, 303);
    assert.ok(holds(running.dataDir, key));

    running.clock.forward(1);
    assert.equal((await alice.post(`/sent/${id}/expiry`, { expires: '7d' }, `/sent/${id}`)).status, 410);
    const { expires_at: still } = await rowOf(running, id);
    assert.equal(still, row.expires_at);
    assert.equal(await sweep(), 1);

    assert.ok(!holds(running.dataDir, key), 'the wrapped key lies on in a file');
    assert.equal(blobs.length, 1);
    assert.deepEqual(
      names(running.dataDir).filter((name) => blobs.some((blob) => name.endsWith(blob))),
      [],
    );
    assert.equal((await rowOf(running, id)).wrapped_key, null);
    assert.ok((await rowOf(running, given)).wrapped_key);
    // Bob came by the link of either message.
    const events = (await eventsOf(running, id)).filter((event) => event !== 'link-fetched');
    assert.deepEqual(events, ['message-accepted', 'notice-sent', 'message-read', 'message-expired']);
    await checkWords(running, alice, id);
  });

  test('is shredded in small transactions, and the sweep comes back for what is left', async () => {
    const { db } = running.store;
    const model = await rowOf(running, await shortLived(running));
    const count = 250;
    for (let n = 0; n < count; n += 1) {
      const id = `0${String(n).padStart(25, '0')}`;
      await db
        .insertInto('messages')
        .values({ ...model, id, thread_id: id, repeat_index: id })
        .execute();
    }
    running.clock.forward(2 * DAY_MS + KEPT_MS);
    assert.equal(await sweep(201), 201);
    assert.equal(await sweep(201), count + 1 - 201);
    assert.equal(await sweep(201), 0);
    const stones = await db.selectFrom('tombstones').select('message_id').execute();
    assert.equal(stones.length, count + 2);
  });

  test('is swept by the worker without being asked', async () => {
    const id = await shortLived(running);
    const { dataDir, clock } = running;
    await running.program.close();
    clock.forward(2 * DAY_MS + KEPT_MS);
    running = await startProgram({ dataDir, clock, workerRuns: true });
    while ((await rowOf(running, id)).destroyed_at === null) await new Promise(setImmediate);
  });
});

describe('a key that somebody holds on to', () => {
  test('is gone with the first sweep after a long reading of the database has ended', async () => {
    const running = await startProgram();
    const reader = new Database(join(running.dataDir, 'sealpost.db'), { readonly: true });
    try {
      const id = await send(running, {});
      const key = Buffer.from((await rowOf(running, id)).wrapped_key ?? []);
      reader.exec('begin; select count(*) from messages');
      const shredder = bindShredder(running.store);
      assert.equal(await shredder.destroy(id, {}), true);
      assert.ok(holds(running.dataDir, key), 'the reading kept nothing');
      reader.exec('commit');
      await shredder.shredExpired(10);
      assert.ok(!holds(running.dataDir, key));
    } finally {
      reader.close();
      await running.stop();
    }
  });
});

describe('a tombstone', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('says which message was shredded, when and why, and nothing else', async () => {
    const id = await send(running, { subject: 'Nothing of this', text: 'Nor of this.' });
    const { key_id: keyId } = await rowOf(running, id);
    assert.equal(await bindShredder(running.store).destroy(id, { actor: 'somebody' }), true);
    const { signed } = await stoneOf(running, id);
    const { destroyed_at: at } = await rowOf(running, id);
    assert.deepEqual(await readTombstone(running.store.signer, signed), {
      messageId: id,
      at,
      reason: 'destroyed',
      keyId,
    });
    assert.equal(await bindShredder(running.store).destroy(id, { actor: 'somebody' }), false);
  });

  test('of another message, another keyring, or another kind of statement is none', async () => {
    const { signer } = running.store;
    const id = await send(running, {});
    await bindShredder(running.store).destroy(id, {});
    const { signed } = await stoneOf(running, id);
    const [head = '', body = '', signature = ''] = signed.split('.');
    const other = Buffer.from(body, 'base64url')
      .toString('utf8')
      .replace(id, `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`);
    const forged = [head, Buffer.from(other).toString('base64url'), signature].join('.');
    await assert.rejects(readTombstone(signer, forged), { name: 'SealBroken' });

    const stranger = await startProgram();
    try {
      await assert.rejects(readTombstone(stranger.store.signer, signed), { name: 'SealBroken' });
    } finally {
      await stranger.stop();
    }

    const statement = await readTombstone(signer, signed);
    await assert.rejects(readTombstone(signer, await signer.sign('something else', statement)), { name: 'SealBroken' });
    const more = { ...statement, more: 1 };
    await assert.rejects(readTombstone(signer, await signTombstone(signer, more)), { name: 'SealBroken' });
  });
});

async function shortLived(running: Running): Promise<string> {
  const parts = [{ content: LARGE, name: 'large.bin' }];
  return send(running, { text: 'For two days.', parts, headers: ['X-Sealpost-Expires: 2d'] });
}

/** The sender, the reader and the operator hear that its time was over, and not that somebody took it. */
async function checkWords(running: Running, alice: Visitor, id: string): Promise<void> {
  const page = await alice.get(`/sent/${id}`);
  assert.match(page.text, /reached its last day and is shredded/);
  assert.doesNotMatch(page.text, /A confidential matter|destroyed|Taken back/);
  assert.match((await alice.get('/sent')).text, /Expired message[\s\S]*Expired/);
  running.clock.forward(MINUTE_MS);
  await send(running, {});
  const bob = await signInByLink(running, 'bob@recipient.example');
  const gone = await bob.get(`/messages/${id}`);
  assert.equal(gone.status, 410);
  assert.match(gone.text, /reached its last day/);
  const inbox = await bob.get('/messages');
  assert.match(inbox.text, /Expired message/);
  assert.doesNotMatch(inbox.text, /Taken back/);
  const shown = await sealpost({ DATA_DIR: running.dataDir }, 'message', 'show', id);
  assert.match(shown.out, /^0 +expired$/m);
}

function rowOf({ store }: Running, id: string): Promise<MessagesTable> {
  return store.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

function stoneOf({ store }: Running, id: string): Promise<{ signed: string }> {
  return store.db.selectFrom('tombstones').select('signed').where('message_id', '=', id).executeTakeFirstOrThrow();
}

async function blobsOf({ store }: Running, id: string): Promise<string[]> {
  const parts = await store.db.selectFrom('parts').select('blob_id').where('message_id', '=', id).execute();
  return parts.flatMap(({ blob_id }) => blob_id ?? []);
}

async function eventsOf({ store }: Running, id: string): Promise<string[]> {
  const { db } = store;
  const rows = await db.selectFrom('audit').select('event').where('message_id', '=', id).orderBy('seq').execute();
  return rows.map(({ event }) => event);
}

function names(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

function holds(folder: string, bytes: Buffer): boolean {
  return names(folder)
    .map((name) => join(folder, name))
    .some((path) => statSync(path).isFile() && readFileSync(path).includes(bytes));
}
