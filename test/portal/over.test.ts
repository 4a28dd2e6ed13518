// Messages that are over: expired, taken back, destroyed. What is over is said only to those it was for.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, isoNow } from '../../server/core/clock.ts';
import type { Db, Tx } from '../../server/db/engine.ts';
import { Visitor } from '../support/browser.ts';
import { linkTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const everyRoute = (id: string): string[] => [
  `/messages/${id}`,
  `/messages/${id}/body`,
  `/messages/${id}/attachments/1`,
  `/messages/${id}/links/0`,
];

describe('a message that has expired', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('is gone for its reader, and to anybody else it never was', async () => {
    const id = await send(running, {
      html: '<a href="https://example.net/">A link</a>',
      parts: [{ content: 'x', name: 'x.txt' }],
      headers: ['X-Sealpost-Expires: 2d'],
    });
    const link = await linkTo(running, 'bob@recipient.example');
    running.clock.forward(2 * DAY_MS);

    const stranger = new Visitor(running.url);
    const page = await stranger.get(link);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /reached its last day/);
    for (const path of everyRoute(id)) {
      const answer = await stranger.get(path);
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/sign-in');
    }

    const bob = await signInByLink(running, 'bob@recipient.example');
    for (const path of everyRoute(id)) {
      const answer = await bob.get(path);
      assert.equal(answer.status, 410, path);
      assert.match(answer.text, /reached its last day/);
    }
    const inbox = await bob.get('/messages');
    assert.match(inbox.text, /Expired/);
    assert.doesNotMatch(inbox.text, /A confidential matter|Alice/);
    assert.equal((await bob.post(`/messages/${id}/forward`, { to: 'x@y.example' }, '/messages')).status, 410);
    const csrf = await bob.csrf('/messages');
    const form = new FormData();
    form.append('csrf', csrf);
    form.append('text', 'Too late.');
    assert.equal((await bob.send('POST', `/messages/${id}/reply`, form)).status, 410);
    assert.equal((await running.store.db.selectFrom('messages').select('id').execute()).length, 1);
  });

  test('can be read up to its last moment, and again once its sender gives it more time', async () => {
    const id = await send(running, { text: 'Short-lived.', headers: ['X-Sealpost-Expires: 2h'] });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const alice = await signInByAddress(running, 'alice@example.com');
    const row = await running.store.db
      .selectFrom('messages')
      .select('expires_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const endMs = Date.parse(row.expires_at ?? '');
    // The sessions' own idle time is shorter; both stay awake.
    while (endMs - 1 - running.clock.nowMs() > 0) {
      running.clock.forward(Math.min(20 * 60_000, endMs - 1 - running.clock.nowMs()));
      assert.equal((await bob.get(`/messages/${id}`)).status, 200);
      await alice.get('/sent');
    }
    running.clock.forward(1);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
    assert.equal((await alice.post(`/sent/${id}/expiry`, { expires: '7d' }, `/sent/${id}`)).status, 303);
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
  });
});

describe('a message that is taken back while a request for it is under way', () => {
  let running: Running;
  let beforeWriting: (() => Promise<unknown>) | undefined;

  before(async () => {
    running = await startProgram({
      around: (store) => ({ ...store, db: withHook(store.db, () => beforeWriting?.()) }),
    });
  });
  after(() => running.stop());

  test('is refused at the last step, and no reading is recorded', async () => {
    const id = await send(running, { html: '<p>x</p>', parts: [{ content: 'x', name: 'x.txt' }] });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const audit = (): Promise<unknown[]> => running.store.db.selectFrom('audit').select('seq').execute();
    for (const path of [`/messages/${id}`, `/messages/${id}/body`, `/messages/${id}/attachments/1`]) {
      const written = (await audit()).length;
      beforeWriting = () => setRevoked(running, id, isoNow(running.clock));
      assert.equal((await bob.get(path)).status, 410, path);
      beforeWriting = undefined;
      assert.equal((await audit()).length, written, path);
      await setRevoked(running, id, null);
    }
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
  });

  test('is neither answered nor passed on, however far the form had come', async () => {
    const id = await send(running, { text: 'Hello.' });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const csrf = await bob.csrf(`/messages/${id}`);
    const forms = { reply: new FormData(), forward: new URLSearchParams({ csrf, to: 'carol@elsewhere.example' }) };
    for (const [name, value] of [
      ['csrf', csrf],
      ['text', 'Too late.'],
    ] as const)
      forms.reply.append(name, value);
    for (const [route, form] of Object.entries(forms)) {
      beforeWriting = () => setRevoked(running, id, isoNow(running.clock));
      assert.equal((await bob.send('POST', `/messages/${id}/${route}`, form)).status, 410, route);
      beforeWriting = undefined;
      await setRevoked(running, id, null);
    }
    const readers = await running.store.db.selectFrom('recipients').select('id').where('message_id', '=', id).execute();
    assert.equal(readers.length, 1);
    const replies = await running.store.db.selectFrom('messages').select('id').where('kind', '=', 'reply').execute();
    assert.equal(replies.length, 0);
  });
});

describe('a message that is taken back', () => {
  let running: Running;
  let id: string;
  let alice: Visitor;
  let bob: Visitor;
  let carol: Visitor;

  before(async () => {
    running = await startProgram();
    id = await send(running, {
      to: 'bob@recipient.example, carol@elsewhere.example',
      html: '<a href="https://example.net/">A link</a>',
      parts: [{ content: 'x', name: 'x.txt' }],
    });
    alice = await signInByAddress(running, 'alice@example.com');
    bob = await signInByLink(running, 'bob@recipient.example');
    carol = await signInByLink(running, 'carol@elsewhere.example');
  });
  after(() => running.stop());

  test('from one of two is gone for that one alone, until it is given back', async () => {
    assert.equal((await alice.post(`/sent/${id}/revoke`, { recipient: '0' }, `/sent/${id}`)).status, 303);
    for (const path of everyRoute(id)) {
      const answer = await bob.get(path);
      assert.equal(answer.status, 410, path);
      assert.match(answer.text, /The sender has taken this message back/);
      assert.equal((await carol.get(path)).status, 200, path);
    }
    const inbox = await bob.get('/messages');
    assert.match(inbox.text, /Taken back by the sender/);
    assert.doesNotMatch(inbox.text, /A confidential matter/);

    assert.equal((await alice.post(`/sent/${id}/restore`, { recipient: '0' }, `/sent/${id}`)).status, 303);
    for (const path of everyRoute(id)) assert.equal((await bob.get(path)).status, 200, path);
  });

  test('is read by no request that begins after the answer', async () => {
    const body = new URLSearchParams({ csrf: await alice.csrf(`/sent/${id}`) });
    const readings = [bob, carol, bob, carol, bob, carol, bob, carol];
    for (let round = 0; round < 16; round += 1) {
      let answered = false;
      // The revocation arrives after as many readers as the round's number says, so that they meet in every order.
      const ahead = round % readings.length;
      const read = async (visitor: Visitor): Promise<void> => {
        for (let begunAfter = false; !begunAfter;) {
          begunAfter = answered;
          const { status } = await visitor.get(`/messages/${id}`);
          if (begunAfter) assert.equal(status, 410);
        }
      };
      const early = readings.slice(0, ahead).map(read);
      const revoked = alice.send('POST', `/sent/${id}/revoke`, body).then(({ status }) => {
        assert.equal(status, 303);
        answered = true;
      });
      await Promise.all([...early, revoked, ...readings.slice(ahead).map(read)]);
      assert.equal((await alice.send('POST', `/sent/${id}/restore`, body)).status, 303);
    }
  });
});

describe('a message that is destroyed', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('leaves no key, no file and nothing to read, and takes no other message with it', async () => {
    const large = randomBytes(300_000);
    const parts = [{ content: large, name: 'large.bin' }];
    const id = await send(running, { html: '<a href="https://example.net/">A link</a>', parts });
    const other = await send(running, { text: 'Stays.', parts });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const alice = await signInByAddress(running, 'alice@example.com');
    const { db } = running.store;
    const before = await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const blob = await db
      .selectFrom('parts')
      .selectAll()
      .where('message_id', '=', id)
      .where('n', '=', 1)
      .executeTakeFirstOrThrow();
    const key = Buffer.from(before.wrapped_key ?? []);
    assert.ok(holds(running.dataDir, key));
    assert.ok(files(running.dataDir).some((file) => file.endsWith(blob.blob_id ?? 'none')));

    assert.equal((await alice.post(`/sent/${id}/revoke`, { destroy: '1' }, `/sent/${id}/destroy`)).status, 303);

    assert.ok(!holds(running.dataDir, key), 'the wrapped key lies on in a file');
    assert.ok(!files(running.dataDir).some((file) => file.endsWith(blob.blob_id ?? 'none')));
    for (const path of everyRoute(id)) assert.equal((await bob.get(path)).status, 410, path);
    const sent = await alice.get(`/sent/${id}`);
    assert.match(sent.text, /This message is destroyed/);
    assert.doesNotMatch(sent.text, /A confidential matter|bob@recipient/);
    assert.match((await alice.get('/sent')).text, /Destroyed message/);
    assert.equal((await alice.post(`/sent/${id}/restore`, {}, '/sent')).status, 410);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);

    assert.match((await bob.get(`/messages/${other}`)).text, /Stays\./);
    assert.ok((await bob.bytes(`/messages/${other}/attachments/1`)).content.equals(large));
  });
});

/** The database, with `hook` run before each transaction begins. */
function withHook(db: Db, hook: () => Promise<unknown> | undefined): Db {
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'transaction') {
        return () => ({
          execute: async <T>(work: (tx: Tx) => Promise<T>) => {
            await hook();
            return target.transaction().execute(work);
          },
        });
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function setRevoked(running: Running, id: string, at: string | null): Promise<unknown> {
  return running.store.db.updateTable('recipients').set({ revoked_at: at }).where('message_id', '=', id).execute();
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function holds(folder: string, bytes: Buffer): boolean {
  return files(folder).some((path) => readFileSync(path).includes(bytes));
}
