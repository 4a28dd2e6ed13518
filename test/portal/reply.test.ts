// Answering in the portal: what is sent, to whom, once; and what happens to a form that cannot be taken.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import type { MessagesTable } from '../../server/db/tables/messages.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describe('an answer', () => {
  let running: Running;
  let bob: Visitor;
  let alice: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram({ env: { MESSAGE_BYTES_MAX: '2000000' } });
    await send(running, { text: 'Hello.' });
    bob = await signInByLink(running, 'bob@recipient.example');
    alice = await signInByAddress(running, 'alice@example.com');
  });
  after(() => running.stop());
  beforeEach(async () => {
    id = await send(running, { subject: 'Re: RE: The matter', text: 'What do you say?' });
  });

  async function answers(): Promise<MessagesTable[]> {
    const thread = await running.store.db
      .selectFrom('messages')
      .select('thread_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return running.store.db
      .selectFrom('messages')
      .selectAll()
      .where('thread_id', '=', thread.thread_id)
      .where('kind', '=', 'reply')
      .orderBy('created_at')
      .execute();
  }

  /** The form as a browser sends it, from a page fetched before. */
  function form(
    page: Answer,
    fields: Record<string, string>,
    files: readonly [name: string, content: string | Buffer][] = [],
  ): FormData {
    const body = new FormData();
    for (const name of ['csrf', 'once'])
      body.append(name, new RegExp(`name="${name}" value="([^"]+)"`).exec(page.text)?.[1] ?? '');
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    for (const [name, content] of files) body.append('files', new Blob([new Uint8Array(Buffer.from(content))]), name);
    return body;
  }

  test('of text and files stands in the thread on both sides, and its files can be taken', async () => {
    const page = await bob.get(`/messages/${id}`);
    const body = form(page, { text: 'First line\r\nSecond <b>line</b>' }, [
      ['plan.pdf', '%PDF-1.4 plan'],
      ['empty.txt', ''],
    ]);
    const answer = await bob.send('POST', `/messages/${id}/reply`, body);
    assert.equal(answer.status, 303, answer.text);
    const after = await bob.visit(answer.location ?? '');
    assert.match(after.text, /Your answer is on its way/);
    assert.match(after.text, /First line\nSecond &lt;b&gt;line/);
    assert.match(after.text, /plan\.pdf/);
    assert.match((await bob.get('/messages')).text, /Answered/);

    const [reply] = await answers();
    assert.ok(reply);
    const sent = await alice.get(`/sent/${id}`);
    assert.match(sent.text, /First line\nSecond &lt;b&gt;line/);
    assert.match(sent.text, /Answered/);
    assert.equal((await alice.bytes(`/messages/${reply.id}/attachments/1`)).content.toString(), '%PDF-1.4 plan');
    assert.equal((await alice.bytes(`/messages/${reply.id}/attachments/2`)).content.length, 0);
    assert.equal((await bob.get(`/messages/${reply.id}`)).status, 404);

    const own = await alice.get(`/messages/${reply.id}`);
    assert.match(own.text, /<h1[^>]*>Re: The matter</);
    assert.match(own.text, /What do you say\?/);
  });

  test('with marks stands in its writer’s thread as it was meant, and without them as it was typed', async () => {
    const sendText = async (text: string): Promise<string> => {
      const page = await bob.get(`/messages/${id}`);
      const answer = await bob.send('POST', `/messages/${id}/reply`, form(page, { text }));
      return (await bob.visit(answer.location ?? '')).text;
    };
    const marked = await sendText('It **really <i>is</i>**:\r\n\r\n- one\r\n- two');
    assert.match(marked, /It <strong>really &lt;i&gt;is&lt;\/i&gt;<\/strong>:/);
    assert.match(marked, /<li>one\s*<\/li>/);
    assert.match(await sendText('2 * 3 * 4 and **'), /2 \* 3 \* 4 and \*\*/);
  });

  test('of files alone is an answer', async () => {
    const page = await bob.get(`/messages/${id}`);
    assert.equal(
      (await bob.send('POST', `/messages/${id}/reply`, form(page, { text: ' ' }, [['a.txt', 'a']]))).status,
      303,
    );
    assert.equal((await answers()).length, 1);
  });

  test('sent twice by one form is one answer, also when both arrive together', async () => {
    const page = await bob.get(`/messages/${id}`);
    const submit = (text: string): Promise<Answer> =>
      bob.send('POST', `/messages/${id}/reply`, form(page, { text }, [['a.txt', 'a']]));
    const together = await Promise.all([submit('Yes.'), submit('Yes.'), submit('Yes.'), submit('Yes.')]);
    assert.deepEqual(
      together.map(({ status }) => status),
      [303, 303, 303, 303],
    );
    assert.equal((await submit('Yes.')).status, 303);
    assert.equal((await answers()).length, 1);
    const jobs = await running.store.db
      .selectFrom('outbox')
      .select('id')
      .where('message_id', '=', (await answers())[0]?.id ?? '')
      .execute();
    assert.equal(jobs.length, 1);

    assert.equal((await submit('Yes, and one thing more.')).status, 303);
    assert.equal((await answers()).length, 2);
    const again = form(await bob.get(`/messages/${id}`), { text: 'Yes.' }, [['a.txt', 'a']]);
    assert.equal((await bob.send('POST', `/messages/${id}/reply`, again)).status, 303);
    assert.equal((await answers()).length, 3);
  });

  test('of nothing is asked for again', async () => {
    const page = await bob.get(`/messages/${id}`);
    const answer = await bob.send('POST', `/messages/${id}/reply`, form(page, { text: ' \r\n ' }));
    assert.equal(answer.status, 422);
    assert.match(answer.text, /Write something, or add a file/);
    assert.equal((await answers()).length, 0);
  });

  test('with files beyond the limit is refused with the limit, and what was typed is kept', async () => {
    const other = await send(running, { to: 'bob@recipient.example, carol@elsewhere.example', text: 'For both.' });
    for (const sizes of [[2_000_001], [4_000_000], [1_100_000, 1_100_000]]) {
      const page = await bob.get(`/messages/${other}`);
      const files = sizes.map((size, n): [string, Buffer] => [`large-${n}.bin`, Buffer.alloc(size)]);
      const body = form(page, { text: 'A <long> letter', all: '1' }, files);
      const answer = await bob.send('POST', `/messages/${other}/reply`, body);
      assert.equal(answer.status, 413);
      assert.match(answer.text, /at most 1\.9 MB/);
      assert.match(answer.text, /A &lt;long&gt; letter<\/textarea>/);
      assert.match(answer.text, /name="all" value="1"[^>]* checked/);
    }
    const stored = await running.store.db
      .selectFrom('messages')
      .select('id')
      .where('kind', '=', 'reply')
      .where('thread_id', '=', other)
      .execute();
    assert.equal(stored.length, 0);
  });

  test('with a text beyond the limit is refused, and as much of it as can be is kept', async () => {
    const page = await bob.get(`/messages/${id}`);
    const answer = await bob.send('POST', `/messages/${id}/reply`, form(page, { text: 'x'.repeat(300_000) }));
    assert.equal(answer.status, 413);
    assert.match(answer.text, /x{199900}/);
    assert.equal((await answers()).length, 0);
  });

  test('is refused without the token of its page, from another site, and in another shape', async () => {
    const page = await bob.get(`/messages/${id}`);
    const forged = form(page, { text: 'x' }, [['a.txt', 'a']]);
    forged.set('csrf', 'x'.repeat(43));
    assert.equal((await bob.send('POST', `/messages/${id}/reply`, forged)).status, 403);
    const good = form(page, { text: 'x' });
    assert.equal(
      (await bob.send('POST', `/messages/${id}/reply`, good, { headers: { 'sec-fetch-site': 'cross-site' } })).status,
      403,
    );
    const plain = new URLSearchParams({ csrf: String(good.get('csrf')), text: 'x' });
    assert.equal((await bob.send('POST', `/messages/${id}/reply`, plain)).status, 422);
    assert.equal((await answers()).length, 0);
  });

  test('to a message that has expired, or was taken back while it was written, is refused', async () => {
    const late = await send(running, { text: 'Short-lived.', headers: ['X-Sealpost-Expires: 1h'] });
    const page = await bob.get(`/messages/${late}`);
    assert.equal((await alice.post(`/sent/${late}/revoke`, {}, `/sent/${late}`)).status, 303);
    assert.equal((await bob.send('POST', `/messages/${late}/reply`, form(page, { text: 'x' }))).status, 410);
    assert.equal((await alice.post(`/sent/${late}/restore`, {}, `/sent/${late}`)).status, 303);
    assert.equal((await bob.send('POST', `/messages/${late}/reply`, form(page, { text: 'x' }))).status, 303);
  });
});

describe('a conversation', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('goes to and fro in the portal: to all where asked, and to the author alone where not', async () => {
    const id = await send(running, {
      to: 'Bob Recipient <bob@recipient.example>, Carol <carol@elsewhere.example>',
      subject: 'Plans',
      text: 'The plan.',
    });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const page = `/messages/${id}`;
    assert.match((await bob.get(page)).text, /carol@elsewhere\.example/);
    assert.equal(
      (await bob.postMultipart(`${page}/reply`, { text: 'To all of you.', all: '1' }, [], page)).status,
      303,
    );

    const [toCarol] = await mailTo(running, 'carol@elsewhere.example');
    const [toAlice] = await mailTo(running, 'alice@example.com');
    for (const notice of [toCarol, toAlice]) {
      assert.ok(notice);
      assert.match(notice.raw, /^Subject: Bob Recipient has answered you/m);
      assert.match(notice.raw, /^From: "?Bob Recipient via Example Ltd"? </m);
      assert.match(notice.raw, /^In-Reply-To: <test-\d+-\d+@example\.com>/m);
      assert.match(notice.raw, /^References: <test-\d+-\d+@example\.com>/m);
      assert.doesNotMatch(notice.text, /To all of you/);
    }
    const carol = await signInByLink(running, 'carol@elsewhere.example');
    const reply = await running.store.db
      .selectFrom('messages')
      .selectAll()
      .where('kind', '=', 'reply')
      .executeTakeFirstOrThrow();
    assert.match((await carol.get(`/messages/${reply.id}`)).text, /To all of you/);

    const alice = await signInByLink(running, 'alice@example.com');
    const answered = await alice.postMultipart(
      `/messages/${reply.id}/reply`,
      { text: 'For Bob alone.' },
      [],
      `/messages/${reply.id}`,
    );
    assert.equal(answered.status, 303, answered.text);
    const [toBob] = await mailTo(running, 'bob@recipient.example');
    assert.match(toBob?.raw ?? '', /^Subject: Alice Example has answered you/m);
    const back = await signInByLink(running, 'bob@recipient.example');
    const list = await back.get('/messages');
    const answerId = /\/messages\/([0-9a-z]{26})/.exec(list.text)?.[1] ?? '';
    const own = await back.get(`/messages/${answerId}`);
    assert.match(own.text, /For Bob alone/);
    assert.match(own.text, /The plan\./);
    assert.match(own.text, /To all of you/);
    assert.equal((await carol.get(`/messages/${answerId}`)).status, 404);

    // The sender finds what they wrote, and can take it back like any message.
    const sent = await alice.get(`/sent/${id}`);
    assert.match(sent.text, /For Bob alone/);
    assert.match(sent.text, new RegExp(`href="/sent/${answerId}"`));
    assert.equal((await alice.post(`/sent/${answerId}/revoke`, {}, `/sent/${answerId}`)).status, 303);
    assert.equal((await back.get(`/messages/${answerId}`)).status, 410);
    assert.equal((await back.get(page)).status, 200);
  });

  test('an answer that has expired is gone for the sender as well', async () => {
    const id = await send(running, { text: 'The matter.', headers: ['X-Sealpost-Expires: 90d'] });
    const bob = await signInByLink(running, 'bob@recipient.example');
    assert.equal(
      (await bob.postMultipart(`/messages/${id}/reply`, { text: 'My words.' }, [], `/messages/${id}`)).status,
      303,
    );
    running.clock.forward(31 * DAY_MS);
    const alice = await signInByAddress(running, 'alice@example.com', new Visitor(running.url));
    const page = await alice.get(`/sent/${id}`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /My words/);
  });
});
