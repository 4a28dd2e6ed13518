// Which conversation a mail belongs to: the one it answers, if its author is a party of that; knowing a
// Message-ID opens no door.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { ALICE, BOB } from './mails.ts';

const CAROL = 'carol@example.com';
const MALLORY = 'mallory@example.com';

describe('the conversation of a mail', () => {
  let running: Running;
  let first = '';

  before(async () => {
    running = await startProgram();
    first = await send(ALICE, [BOB, CAROL], ['X-Order: 1'], '<first@example.com>');
    assert.equal(await threadOf(first), first);
  });
  after(() => running.stop());

  for (const header of [
    'In-Reply-To: <first@example.com>',
    'References: <first@example.com>',
    'References: <unknown@example.com>\r\n <first@example.com> <also-unknown@example.com>',
  ]) {
    test(`goes on for its author with ${JSON.stringify(header)}`, async () => {
      assert.equal(await threadOf(await send('Alice@EXAMPLE.com', [BOB], [header])), first);
    });
  }

  test('goes on for a colleague who received it', async () => {
    assert.equal(await threadOf(await send(CAROL, [BOB], ['In-Reply-To: <first@example.com>'])), first);
  });

  test('begins anew for one who only knows the Message-ID', async () => {
    const id = await send(MALLORY, [BOB], ['In-Reply-To: <first@example.com>', 'References: <first@example.com>']);
    assert.equal(await threadOf(id), id);
  });

  test('begins anew for what refers to nothing, or to nothing that is here', async () => {
    for (const headers of [[], ['In-Reply-To: <unknown@example.com>'], ['References: first@example.com']]) {
      const id = await send(ALICE, [BOB], headers);
      assert.equal(await threadOf(id), id);
    }
  });

  async function send(
    from: string,
    to: readonly string[],
    headers: readonly string[],
    messageId?: string,
  ): Promise<string> {
    const raw = plainMail({ from, headers, ...(messageId === undefined ? {} : { messageId }) });
    const reply = await submit(running.smtpPort, { from, to, raw });
    assert.match(reply, /^250 2\.0\.0 /);
    return reply.split(' ')[2] ?? '';
  }

  async function threadOf(id: string): Promise<string> {
    const row = await running.store.db
      .selectFrom('messages')
      .select('thread_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return row.thread_id;
  }
});
