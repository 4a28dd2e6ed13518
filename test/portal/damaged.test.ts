// Messages whose bytes were changed in the database: closed one by one, with one error, and never in the way of others.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describe('a damaged message', () => {
  let running: Running;
  let bob: Visitor;
  let alice: Visitor;
  let whole: string;
  let answered: string;

  before(async () => {
    running = await startProgram();
    whole = await send(running, { subject: 'The whole one', text: 'Whole text.' });
    answered = await send(running, { subject: 'The answered one', text: 'Answered text.' });
    bob = await signInByLink(running, 'bob@recipient.example');
    alice = await signInByAddress(running, 'alice@example.com');
    await bob.postMultipart(`/messages/${answered}/reply`, { text: 'My answer.' }, [], `/messages/${answered}`);
  });
  after(() => running.stop());

  const changes: readonly (readonly [what: string, change: (id: string) => Promise<unknown>])[] = [
    ['header bytes of another message', (id) => swap('messages', 'sealed_meta', 'id', id)],
    ['the key of another message', (id) => swap('messages', 'wrapped_key', 'id', id)],
    ['a recipient of another message', (id) => swap('recipients', 'sealed', 'message_id', id)],
  ];

  async function swap(table: 'messages' | 'recipients', column: string, key: string, id: string): Promise<unknown> {
    const db = new Database(join(running.dataDir, 'sealpost.db'));
    try {
      return db
        .prepare(`update ${table} set ${column} = (select ${column} from ${table} where ${key} = ?) where ${key} = ?`)
        .run(whole, id);
    } finally {
      db.close();
    }
  }

  for (const [what, change] of changes) {
    test(`with ${what} does not open, and lists show all others`, async () => {
      const id = await send(running, { subject: 'The damaged one', text: 'Damaged text.' });
      await change(id);
      const inbox = await bob.get('/messages');
      const sent = await alice.get('/sent');
      for (const list of [inbox, sent]) {
        assert.equal(list.status, 200);
        assert.match(list.text, /The whole one/);
      }
      const own = await alice.get(`/sent/${id}`);
      assert.equal(own.status, 500);
      assert.doesNotMatch(own.text, /do not open|SealBroken|Damaged text|Whole text/);
      assert.match(sent.text, /Damaged message/);
      const alerts = running
        .logged()
        .split('\n')
        .filter((line) => line.includes('message.broken') && line.includes(id));
      assert.notEqual(alerts.length, 0);
      assert.equal((await bob.get(`/messages/${whole}`)).status, 200);
    });
  }

  test('drops out of its conversation and leaves the rest of it', async () => {
    const reply = await running.store.db
      .selectFrom('messages')
      .select('id')
      .where('kind', '=', 'reply')
      .executeTakeFirstOrThrow();
    assert.match((await alice.get(`/sent/${answered}`)).text, /My answer/);
    await swap('messages', 'sealed_meta', 'id', reply.id);
    for (const [visitor, path] of [
      [alice, `/sent/${answered}`],
      [bob, `/messages/${answered}`],
    ] as const) {
      const page = await visitor.get(path);
      assert.equal(page.status, 200);
      assert.match(page.text, /Answered text/);
      assert.doesNotMatch(page.text, /My answer/);
    }
  });
});
