// What a reader types and does not send: kept by a button or a script, kept when the session ends meanwhile, shown to
// nobody else, and gone with what it answers.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { sweepDrafts } from '../../server/messages/drafts.store.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@recipient.example';
const JSON_ASKED = { headers: { accept: 'application/json' } };

describe('a draft', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram();
    await send(running, { to: `${BOB}, ${CAROL}`, text: 'Hello.' });
    bob = await signInByLink(running, BOB);
  });
  after(() => running.stop());
  beforeEach(async () => {
    id = await send(running, { to: `${BOB}, ${CAROL}`, text: 'What do you say?' });
    bob = await signInByAddress(running, BOB);
  });

  const drafts = () => running.store.db.selectFrom('drafts').selectAll().execute();
  const save = (fields: Record<string, string>, visitor = bob): Promise<Answer> =>
    visitor.post(`/messages/${id}/draft`, fields, `/messages/${id}`);
  const textOf = ({ text }: Answer): string =>
    /<textarea id="reply-text"[^>]*>([^<]*)<\/textarea>/.exec(text)?.[1] ?? '';

  test('is shown again with whom it was for, after signing out and in elsewhere', async () => {
    const saved = await save({ text: 'Dear Alice,\n<b>half', all: '1', do: 'save' });
    assert.equal(saved.status, 303);
    assert.match((await bob.visit(saved.location ?? '')).text, /The draft is saved\./);
    await bob.post('/sign-out', {}, '/messages');
    const page = await (await signInByAddress(running, BOB)).get(`/messages/${id}`);
    assert.equal(textOf(page), 'Dear Alice,\n&lt;b&gt;half');
    assert.match(page.text, /name="all" value="1"[^>]* checked/);
    assert.match(page.text, /This is your draft, saved just now/);
    assert.doesNotMatch((await bob.get('/messages')).text, /half/);
  });

  test('lies sealed, and in its own place only', async () => {
    await save({ text: 'the marzipan draft' });
    const [row] = (await drafts()).filter((one) => one.message_id === id);
    assert.ok(row);
    assert.ok(!Buffer.from(row.sealed).includes('marzipan'));
    const elsewhere = await send(running, { to: BOB, text: 'Other.' });
    const other = await running.store.db
      .selectFrom('recipients')
      .select('id')
      .where('message_id', '=', elsewhere)
      .executeTakeFirstOrThrow();
    await running.store.db
      .updateTable('drafts')
      .set({ recipient_id: other.id, message_id: elsewhere })
      .where('message_id', '=', id)
      .execute();
    assert.doesNotMatch((await bob.get(`/messages/${elsewhere}`)).text, /marzipan/);
  });

  test('is saved by a script that asks for JSON, and told when it cannot be', async () => {
    const csrf = await bob.csrf(`/messages/${id}`);
    const byScript = (text: string): Promise<Answer> =>
      bob.send('POST', `/messages/${id}/draft`, new URLSearchParams({ csrf, text }), JSON_ASKED);
    assert.deepEqual(JSON.parse((await byScript('by script')).text), { saved: true });
    const tooLarge = await byScript('x'.repeat(60_001));
    assert.equal(tooLarge.status, 413);
    assert.match(tooLarge.text, /at most 59 kB/);
    assert.equal(textOf(await bob.get(`/messages/${id}`)), 'by script');
    assert.deepEqual(JSON.parse((await byScript('  ')).text), { saved: false });
    assert.equal(textOf(await bob.get(`/messages/${id}`)), '');
  });

  test('is gone when it is discarded, and when its answer is sent', async () => {
    await save({ text: 'first' });
    assert.match((await bob.get(`/messages/${id}`)).text, /Discard the draft/);
    await save({ text: 'first', do: 'discard' });
    assert.equal(textOf(await bob.get(`/messages/${id}`)), '');
    await save({ text: 'second' });
    const sent = await bob.postMultipart(`/messages/${id}/reply`, { text: 'second, whole' }, [], `/messages/${id}`);
    assert.equal(sent.status, 303);
    assert.equal(textOf(await bob.get(`/messages/${id}`)), '');
    assert.deepEqual(
      (await drafts()).filter((row) => row.message_id === id),
      [],
    );
  });

  test('that comes late, when its answer has been sent, is refused; one of another page is not', async () => {
    const page = (await bob.get(`/messages/${id}`)).text;
    const once = /name="once" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = new FormData();
    for (const [name, value] of Object.entries({ csrf, once, text: 'The answer.' })) form.append(name, value);
    const late = (fields: Record<string, string>): Promise<Answer> =>
      bob.send('POST', `/messages/${id}/draft`, new URLSearchParams({ csrf, text: 'The ans', ...fields }), JSON_ASKED);
    assert.equal((await late({ once })).status, 200);
    assert.equal((await bob.send('POST', `/messages/${id}/reply`, form)).status, 303);
    const ghost = await late({ once });
    assert.equal(ghost.status, 409);
    assert.match(ghost.text, /This reply has been sent/);
    assert.equal(textOf(await bob.get(`/messages/${id}`)), '');
    const byButton = await bob.post(`/messages/${id}/draft`, { once, text: 'By hand' }, `/messages/${id}`);
    assert.equal(byButton.status, 409);
    assert.equal(textOf(byButton), 'By hand');
    const next = /name="once" value="([^"]+)"/.exec((await bob.get(`/messages/${id}`)).text)?.[1] ?? '';
    assert.equal((await late({ once: next })).status, 200);
    assert.equal(textOf(await bob.get(`/messages/${id}`)), 'The ans');
  });

  test('leaves no ghost when it races its own answer', async () => {
    const page = (await bob.get(`/messages/${id}`)).text;
    const once = /name="once" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = new FormData();
    for (const [name, value] of Object.entries({ csrf, once, text: 'The answer.' })) form.append(name, value);
    const drafted = (n: number): Promise<Answer> =>
      bob.send('POST', `/messages/${id}/draft`, new URLSearchParams({ csrf, once, text: `Part ${n}` }), JSON_ASKED);
    const [sent] = await Promise.all([
      bob.send('POST', `/messages/${id}/reply`, form),
      ...Array.from({ length: 20 }, (_, n) => drafted(n)),
    ]);
    assert.equal(sent.status, 303);
    assert.equal(textOf(await bob.get(`/messages/${id}`)), '');
  });

  test('that is too large is told in the reader’s language', async () => {
    const csrf = await bob.csrf(`/messages/${id}`);
    const body = new URLSearchParams({ csrf, text: 'x'.repeat(60_001) });
    const french = { headers: { ...JSON_ASKED.headers, 'accept-language': 'fr' } };
    assert.match((await bob.send('POST', `/messages/${id}/draft`, body, french)).text, /59\s?ko/);
  });

  test('is nobody else’s: not another reader’s, not a stranger’s, not the sender’s', async () => {
    await save({ text: 'mine alone' });
    const carol = await signInByLink(running, CAROL);
    assert.doesNotMatch((await carol.get(`/messages/${id}`)).text, /mine alone/);
    assert.equal((await save({ text: 'hers' }, carol)).status, 303);
    assert.equal(textOf(await bob.get(`/messages/${id}`)), 'mine alone');
    const alice = await signInByAddress(running, 'alice@example.com');
    const csrf = await alice.csrf('/sent');
    const body = new URLSearchParams({ csrf, text: 'x' });
    assert.equal((await alice.send('POST', `/messages/${id}/draft`, body)).status, 404);
    assert.doesNotMatch((await alice.get(`/sent/${id}`)).text, /mine alone/);
    const stranger = new Visitor(running.url);
    const token = await stranger.csrf('/sign-in');
    const refused = await stranger.send(
      'POST',
      `/messages/${id}/draft`,
      new URLSearchParams({ csrf: token, text: 'x' }),
    );
    assert.equal(refused.status, 401);
  });

  test('goes with what it answers: taken back, over, or shredded', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    await save({ text: 'to be gone' });
    await alice.post(`/sent/${id}/revoke`, { recipient: '0' }, `/sent/${id}`);
    assert.deepEqual(
      (await drafts()).filter((row) => row.message_id === id),
      [],
    );

    const short = await send(running, { to: BOB, text: 'x', headers: ['X-Sealpost-Expires: 1d'] });
    await bob.post(`/messages/${short}/draft`, { text: 'late' }, `/messages/${short}`);
    const longer = await send(running, { to: BOB, text: 'x', headers: ['X-Sealpost-Expires: 1d'] });
    await bob.post(`/messages/${longer}/draft`, { text: 'kept' }, `/messages/${longer}`);
    await alice.post(`/sent/${longer}/expiry`, { expires: '9d' }, `/sent/${longer}`);
    const doomed = await send(running, { to: BOB, text: 'x' });
    await bob.post(`/messages/${doomed}/draft`, { text: 'shredded' }, `/messages/${doomed}`);
    assert.equal((await alice.post(`/sent/${doomed}/revoke`, { destroy: '1' }, `/sent/${doomed}`)).status, 303);
    assert.deepEqual(
      (await drafts()).filter((row) => row.message_id === doomed),
      [],
    );
    running.clock.forward(2 * DAY_MS);
    await running.drain();
    await sweepDrafts(running.store.db, new Date(running.clock.nowMs()).toISOString(), 100);
    const left = (await drafts()).map((row) => row.message_id);
    assert.ok(!left.includes(short));
    assert.ok(left.includes(longer));
  });

  test('that is one too many is refused, and none is lost for it', async () => {
    const one = await running.store.db
      .selectFrom('recipients')
      .selectAll()
      .where('message_id', '=', id)
      .orderBy('position')
      .executeTakeFirstOrThrow();
    await running.store.db.deleteFrom('drafts').execute();
    await running.store.db
      .insertInto('drafts')
      .values(
        Array.from({ length: 100 }, (_, n) => ({
          recipient_id: String(n),
          browser_hash: '',
          message_id: id,
          address_index: one.address_index,
          sealed: Buffer.from('x'),
          updated_at: '2026-01-01T00:00:00.000Z',
          expires_at: null,
        })),
      )
      .execute();
    const answer = await save({ text: 'one too many' });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /as many drafts as there can be/);
    assert.equal(textOf(answer), 'one too many');
    assert.equal((await drafts()).length, 100);
    await running.store.db.deleteFrom('drafts').execute();
  });
});

describe('an answer whose session has ended', () => {
  let running: Running;
  let id: string;

  before(async () => {
    running = await startProgram();
    id = await send(running, { to: `${BOB}, ${CAROL}`, text: 'What do you say?' });
  });
  after(() => running.stop());

  /** The form of a page that was opened while the session lived. */
  async function typed(visitor: Visitor, text: string): Promise<FormData> {
    const body = new FormData();
    body.append('csrf', await visitor.csrf(`/messages/${id}`));
    body.append('text', text);
    body.append('files', new Blob(['x']), 'x.txt');
    body.append('all', '1');
    return body;
  }
  const post = (visitor: Visitor, body: FormData): Promise<Answer> =>
    visitor.send('POST', `/messages/${id}/reply`, body);

  test('is kept and said, and stands in the form once the same person is back in this browser', async () => {
    const bob = await signInByLink(running, BOB);
    const body = await typed(bob, 'A long answer.');
    running.clock.forward(31 * MINUTE_MS);
    const answer = await post(bob, body);
    assert.equal(answer.status, 401);
    assert.match(answer.text, /nothing was sent/);
    assert.match(answer.text, /A long answer\./);
    assert.doesNotMatch(answer.text, /What do you say/);
    await signInByAddress(running, BOB, bob);
    const page = await bob.get(`/messages/${id}`);
    assert.match(page.text, />A long answer\.<\/textarea>/);
    assert.match(page.text, /You were signed out before this was sent/);
    assert.match(page.text, /name="all" value="1"[^>]* checked/);
    const elsewhere = await signInByAddress(running, BOB);
    assert.doesNotMatch((await elsewhere.get(`/messages/${id}`)).text, /A long answer/);
    const rows = await running.store.db.selectFrom('messages').select('id').where('kind', '=', 'reply').execute();
    assert.deepEqual(rows, []);
  });

  test('is thrown away when somebody else signs in there, and after an hour', async () => {
    const bob = await signInByAddress(running, BOB);
    const body = await typed(bob, 'For Alice alone.');
    running.clock.forward(31 * MINUTE_MS);
    assert.equal((await post(bob, body)).status, 401);
    await signInByAddress(running, CAROL, bob);
    assert.doesNotMatch((await bob.get(`/messages/${id}`)).text, /For Alice alone/);
    await bob.post('/sign-out', {}, '/messages');
    await signInByAddress(running, BOB, bob);
    assert.doesNotMatch((await bob.get(`/messages/${id}`)).text, /For Alice alone/);

    const late = await typed(bob, 'Too late.');
    running.clock.forward(31 * MINUTE_MS);
    assert.equal((await post(bob, late)).status, 401);
    running.clock.forward(HOUR_MS);
    await signInByAddress(running, BOB, bob);
    assert.doesNotMatch((await bob.get(`/messages/${id}`)).text, /Too late/);
  });

  test('is not kept without the form’s token, from another browser, or for a message that is not theirs', async () => {
    const bob = await signInByAddress(running, BOB);
    const body = await typed(bob, 'Slipped in.');
    const cookie = bob.cookie('sealpost') ?? '';
    running.clock.forward(31 * MINUTE_MS);
    const before = await running.store.db.selectFrom('drafts').selectAll().execute();

    const forged = new FormData();
    forged.append('csrf', await new Visitor(running.url).csrf('/sign-in'));
    forged.append('text', 'Slipped in.');
    assert.equal((await post(bob, forged)).status, 403);
    const thief = new Visitor(running.url);
    await thief.get('/sign-in');
    thief.setCookie('sealpost', cookie);
    assert.equal((await post(thief, body)).status, 403);
    const foreign = await send(running, { to: 'eve@recipient.example', text: 'x' });
    assert.equal((await bob.send('POST', `/messages/${foreign}/reply`, body)).status, 401);
    assert.deepEqual(await running.store.db.selectFrom('drafts').selectAll().execute(), before);
  });
});
