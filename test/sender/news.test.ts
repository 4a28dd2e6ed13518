// Mails that a sender asks for: of a first reading, and a summary once a day. Without being asked for there are none, and none
// says more of a message than its sender chose.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { orderDigests } from '../../server/worker/news.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const ALICE = 'alice@example.com';
const BOB = 'bob@recipient.example';
const CAROL = 'carol@elsewhere.example';

describeEngines('a sender', (engine) => {
  let running: Running;
  let alice: Visitor;
  let bob: Visitor;
  let carol: Visitor;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    await send(running, { to: `${BOB}, ${CAROL}`, text: 'x' });
    alice = await signInByAddress(running, ALICE);
    bob = await signInByLink(running, BOB);
    carol = await signInByLink(running, CAROL);
  });
  after(() => running.stop());

  async function wish(fields: Record<string, string>): Promise<void> {
    // A day ends every session.
    alice = await signInByAddress(running, ALICE);
    assert.equal((await alice.post('/sent/notices', fields, '/sent/notices')).status, 303);
  }

  /** Mails about what was sent that came to Alice since the last look. */
  let seen = 0;
  async function news(): Promise<{ subject: string; text: string }[]> {
    await running.drain();
    const mails = (await mailTo(running, ALICE)).filter(({ raw }) =>
      /^Subject: (?:Your message was|What became)/m.test(raw),
    );
    const fresh = mails.length - seen;
    seen = mails.length;
    return mails
      .slice(0, fresh)
      .map(({ raw, text }) => ({ subject: /^Subject: (.*)$/m.exec(raw)?.[1]?.trim() ?? '', text }));
  }

  const mail = (subject = 'The sealed subject'): Promise<string> =>
    send(running, { to: `${BOB}, ${CAROL}`, subject, text: 'The secret text.' });

  async function day(): Promise<void> {
    running.clock.forward(DAY_MS + HOUR_MS);
    await orderDigests(running.store, 10);
  }

  test('who asked for nothing is told nothing, and nothing is kept for them', async () => {
    const id = await mail();
    await bob.get(`/messages/${id}`);
    await day();
    assert.deepEqual(await news(), []);
    assert.deepEqual(await running.store.db.selectFrom('news').selectAll().execute(), []);
    assert.deepEqual(await running.store.db.selectFrom('news_wishes').selectAll().execute(), []);
  });

  test('hears of the first reading once for each message, without its subject', async () => {
    await wish({ firstRead: '1' });
    assert.match((await alice.get('/sent/notices')).text, /name="firstRead" value="1" checked/);
    const id = await mail();
    assert.deepEqual(await news(), [], 'not read yet');
    bob = await signInByLink(running, BOB);
    await bob.get(`/messages/${id}`);
    const [told, ...more] = await news();
    assert.deepEqual(more, []);
    assert.equal(told?.subject, 'Your message was read');
    assert.match(told?.text ?? '', /bob@recipient\.example/);
    assert.match(told?.text ?? '', new RegExp(`/sent/${id}`));
    assert.doesNotMatch(told?.text ?? '', /sealed subject|secret text/);
    await bob.get(`/messages/${id}`);
    carol = await signInByLink(running, CAROL);
    await carol.get(`/messages/${id}`);
    assert.deepEqual(await news(), [], 'the second reader is no first reading');
    await wish({ firstRead: '1', subjects: '1' });
    const other = await mail();
    await bob.get(`/messages/${other}`);
    assert.match((await news())[0]?.text ?? '', /Subject: The sealed subject/);
  });

  test('gets a summary on a day on which something happened, and on no other', async () => {
    await wish({ digest: '1' });
    await day();
    assert.deepEqual(await news(), [], 'nothing happened');
    bob = await signInByLink(running, BOB);
    const id = await mail();
    await bob.get(`/messages/${id}`);
    await bob.postMultipart(`/messages/${id}/reply`, { text: 'Yes.' }, [], `/messages/${id}`);
    await orderDigests(running.store, 10);
    assert.deepEqual(await news(), [], 'the day is not over');
    await day();
    const [told, ...more] = await news();
    assert.deepEqual(more, []);
    assert.equal(told?.subject, 'What became of your messages');
    assert.match(told?.text ?? '', /1 first reading/);
    assert.match(told?.text ?? '', /1 answer/);
    assert.doesNotMatch(told?.text ?? '', /sealed subject|secret text|bob@|could not be reached/);
    await day();
    assert.deepEqual(await news(), [], 'told once');
  });

  test('hears nothing of what is destroyed, nor after changing their mind', async () => {
    await wish({ digest: '1', firstRead: '1', subjects: '1' });
    bob = await signInByAddress(running, BOB);
    alice = await signInByAddress(running, ALICE);
    const gone = await mail('Gone');
    const kept = await mail('Kept');
    for (const id of [gone, kept]) await bob.get(`/messages/${id}`);
    await running.drain();
    seen = 0;
    await news();
    await alice.post(`/sent/${gone}/revoke`, { destroy: '1' }, `/sent/${gone}/destroy`);
    await day();
    const [told] = await news();
    assert.match(told?.text ?? '', /Kept/);
    assert.match(told?.text ?? '', /1 first reading/);
    assert.doesNotMatch(told?.text ?? '', /Gone/);

    bob = await signInByAddress(running, BOB);
    alice = await signInByAddress(running, ALICE);
    const last = await mail();
    await bob.get(`/messages/${last}`);
    // What waits in the outbox by then is not sent any more.
    assert.equal((await alice.post('/sent/notices', {}, '/sent/notices')).status, 303);
    await day();
    assert.deepEqual(await news(), []);
    assert.deepEqual(await running.store.db.selectFrom('news').selectAll().execute(), []);
    assert.deepEqual(await running.store.db.selectFrom('news_wishes').selectAll().execute(), []);
  });

  test('alone chooses it: no reader, no forged form, no other value', async () => {
    bob = await signInByAddress(running, BOB);
    alice = await signInByAddress(running, ALICE);
    assert.equal((await bob.get('/sent/notices')).status, 404);
    assert.equal((await bob.post('/sent/notices', { firstRead: '1' }, '/messages')).status, 404);
    const forged = new URLSearchParams({ csrf: 'x'.repeat(43), firstRead: '1' });
    assert.equal((await alice.send('POST', '/sent/notices', forged)).status, 403);
    assert.equal((await alice.post('/sent/notices', { firstRead: '2' }, '/sent/notices')).status, 422);
    assert.deepEqual(await running.store.db.selectFrom('news_wishes').selectAll().execute(), []);
  });
});
