// The audit log: told in the same transaction, chained, and broken by any change.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { sealpost } from '../support/command.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

describe('the audit log', () => {
  let running: Running;
  let entries = 0;
  const audit = (command: string) => sealpost({ DATA_DIR: running.dataDir }, 'audit', command);
  const database = () => new Database(join(running.dataDir, 'sealpost.db'));

  before(async () => {
    running = await startProgram();
    await submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw: plainMail({}) });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const id = /\/messages\/([0-9a-z]{26})/.exec((await bob.get('/messages')).text)?.[1] ?? '';
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    const db = database();
    entries = db.prepare('select count(*) from audit').pluck().get() as number;
    db.close();
  });
  after(() => running.stop());

  test('tells what happened, in order, with who and from where', async () => {
    const { out } = await audit('export');
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; details: Record<string, unknown> });
    assert.deepEqual(
      events.map(({ event }) => event),
      ['message-accepted', 'notice-sent', 'link-fetched', 'code-asked', 'signed-in', 'message-read'],
    );
    assert.equal(events.at(-1)?.details['address'], 'bob@recipient.example');
    assert.equal(events.at(-1)?.details['network'], '127.0.0.1');
  });

  test('holds as it is', async () => {
    const { code, out } = await audit('verify');
    assert.equal(code, 0);
    assert.match(out, new RegExp(`The chain holds: ${entries} entries\\. \\d+ signed`));
  });

  const changes: readonly (readonly [what: string, sql: string, undo: string, brokenAt: number])[] = [
    [
      'an edited event',
      `update audit set event = 'signed-out' where seq = 2`,
      `update audit set event = 'notice-sent' where seq = 2`,
      2,
    ],
    [
      'an edited time',
      `update audit set at = at || '0' where seq = 3`,
      `update audit set at = substr(at, 1, length(at) - 1) where seq = 3`,
      3,
    ],
    ['a removed entry', `update audit set seq = -4 where seq = 4`, `update audit set seq = 4 where seq = -4`, 4],
    [
      'two entries in each other’s place',
      `update audit set seq = -1 where seq = 1; update audit set seq = 1 where seq = 2; update audit set seq = 2 where seq = -1`,
      `update audit set seq = -1 where seq = 1; update audit set seq = 1 where seq = 2; update audit set seq = 2 where seq = -1`,
      1,
    ],
    [
      'sealed details of another entry',
      `update audit set sealed = (select sealed from audit where seq = 1) where seq = 5`,
      '',
      5,
    ],
  ];
  for (const [what, sql, undo, brokenAt] of changes) {
    test(`${what} is named with its number`, async () => {
      const db = database();
      db.exec(sql);
      const { code, out } = await audit('verify');
      db.exec(undo);
      db.close();
      assert.equal(code, 1);
      assert.match(out, new RegExp(`broken at entry ${brokenAt}\\.`));
    });
  }

  test('details that were moved do not open, which is said in one line after all that does', async () => {
    const { code, out, err } = await audit('export');
    assert.equal(code, 1);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; details?: unknown });
    assert.equal(lines.length, entries);
    assert.deepEqual(
      lines.filter(({ details }) => details === undefined).map(({ seq }) => seq),
      [5],
    );
    assert.match(err, /^Something sealed does not open: .* Entries without their details: 5\.\n$/);
  });
});
