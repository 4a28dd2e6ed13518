// Passing a message on inside the portal: the new reader is a recipient like any other.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import { linkTo, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describe('a message that is passed on', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram();
    await send(running, { text: 'Hello.' });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());
  beforeEach(async () => {
    id = await send(running, { text: 'The passed text.', parts: [{ content: 'x', name: 'x.txt' }] });
  });

  const forward = (to: string, text = '') => bob.post(`/messages/${id}/forward`, { to, text }, `/messages/${id}`);
  const readers = () =>
    running.store.db.selectFrom('recipients').selectAll().where('message_id', '=', id).orderBy('position').execute();

  test('is announced to the new reader alone, who reads it with a code of their own and sees from whom it came', async () => {
    const answer = await forward('Dave@Third.example', 'Look at\r\npage <2>.');
    assert.equal(answer.status, 303, answer.text);
    assert.match((await bob.visit(answer.location ?? '')).text, /each new reader gets a notice/);

    const [notice] = await mailTo(running, 'Dave@third.example');
    assert.ok(notice);
    assert.match(notice.text, /Bob Recipient \(bob@recipient\.example\)/);
    assert.match(notice.text, /Alice Example/);
    assert.doesNotMatch(notice.text, /passed text|confidential matter|page <2>/);

    const link = await linkTo(running, 'Dave@third.example');
    assert.equal((await bob.get(link)).status, 200, "the link is not Bob's, so it does not open for his session");
    const dave = await signInByLink(running, 'Dave@third.example');
    const page = await dave.get(`/messages/${id}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /The passed text/);
    assert.match(page.text, /Passed on by/);
    assert.match(page.text, /Look at\npage &lt;2&gt;\./);
    assert.equal((await dave.bytes(`/messages/${id}/attachments/1`)).content.toString(), 'x');
    assert.doesNotMatch((await bob.get(`/messages/${id}`)).text, /Look at/);
  });

  test('shows its sender who passed it on to whom, and is taken back from the new reader alone', async () => {
    assert.equal((await forward('dave@third.example')).status, 303);
    const dave = await signInByLink(running, 'dave@third.example');
    const alice = await signInByAddress(running, 'alice@example.com');
    const page = await alice.get(`/sent/${id}`);
    assert.match(page.text, /dave@third\.example/);
    assert.match(page.text, /Passed on by <bdi>bob@recipient\.example/);
    assert.equal((await alice.post(`/sent/${id}/revoke`, { recipient: '1' }, `/sent/${id}`)).status, 303);
    assert.equal((await dave.get(`/messages/${id}`)).status, 410);
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
  });

  test('goes to several at once, and to none when one of the addresses is none', async () => {
    assert.equal(
      (await forward('one@third.example, two@third.example;\n three@third.example ONE@third.example')).status,
      303,
    );
    assert.equal((await readers()).length, 4);
    const faulty = await forward('four@third.example, five', 'A word');
    assert.equal(faulty.status, 422);
    assert.match(faulty.text, /Type whole e-mail addresses/);
    assert.match(faulty.text, /value="four@third\.example, five"/);
    assert.match(faulty.text, />A word<\/textarea>/);
    assert.equal((await readers()).length, 4);
  });

  test('by several at once finds a place for each new reader', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const answers = await Promise.all(names.map((name) => forward(`${name}@third.example`)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303, 303, 303],
    );
    assert.deepEqual(
      (await readers()).map(({ position }) => position),
      [0, 1, 2, 3, 4],
    );
  });

  test('goes to nobody twice, to nobody unnamed, and to few at once', async () => {
    for (const [to, words] of [
      ['bob@recipient.example', /bob@recipient\.example\W* has this message already/],
      ['new@third.example, BOB@recipient.example', /BOB@recipient\.example\W* has this message already/i],
      ['Alice@example.com', /alice@example\.com\W* has this message already/i],
      ['', /Type the address/],
      [' ,; ', /Type the address/],
      ['"x@y.example" <z@y.example>', /Type whole e-mail addresses/],
      ['x@y.example\r\nBcc: z@y.example', /Type whole e-mail addresses/],
      [Array.from({ length: 11 }, (_, n) => `n${n}@third.example`).join(','), /at most 10 people/],
    ] as const) {
      const answer = await forward(to);
      assert.equal(answer.status, 422, to);
      assert.match(answer.text, words);
    }
    assert.equal((await readers()).length, 1);
    assert.deepEqual((await mailTo(running, 'new@third.example')).length, 0);
  });

  test('stops when one reader passes on more than fifty times a day', async () => {
    const other = await startProgram();
    try {
      const first = await send(other, { text: 'One.' });
      const second = await send(other, { text: 'Two.' });
      const reader = await signInByLink(other, 'bob@recipient.example');
      const pass = (message: string, n: number) => {
        const to = Array.from({ length: 10 }, (_, i) => `n${n}-${i}@third.example`).join(',');
        return reader.post(`/messages/${message}/forward`, { to, text: '' }, `/messages/${message}`);
      };
      for (const n of [0, 1, 2]) assert.equal((await pass(first, n)).status, 303);
      for (const n of [3, 4]) assert.equal((await pass(second, n)).status, 303);
      const refused = await pass(second, 5);
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers.get('retry-after')) > 3600);
    } finally {
      await other.stop();
    }
  });
});
