// What is not yours looks like what does not exist, on every route and by every method; and nobody learns of
// the readers that a mail kept hidden.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const NOT_THERE = '01hzzzzzzzzzzzzzzzzzzzzzzz';

describe("another recipient's message", () => {
  let running: Running;
  let id: string;
  let carol: Visitor;
  let dora: Visitor;

  before(async () => {
    running = await startProgram();
    id = await send(running, {
      html: '<a href="https://example.net/">A link</a>',
      parts: [{ content: 'x', name: 'x.txt' }],
    });
    await send(running, { to: 'carol@elsewhere.example', text: 'For Carol.' });
    carol = await signInByLink(running, 'carol@elsewhere.example');
    dora = await signInByAddress(running, 'dora@example.com');
  });
  after(() => running.stop());

  const reading = ['', '/body', '/attachments/1', '/links/0', '/links/t0'];
  const managing = ['', '/destroy'];

  test('is the same page as one that does not exist, on every route of reading', async () => {
    for (const method of ['GET', 'HEAD']) {
      for (const route of reading) {
        same(
          await carol.send(method, `/messages/${id}${route}`),
          await carol.send(method, `/messages/${NOT_THERE}${route}`),
          id,
          route,
        );
      }
    }
    for (const route of managing) {
      same(await dora.get(`/sent/${id}${route}`), await dora.get(`/sent/${NOT_THERE}${route}`), id, route);
    }
  });

  test('is not answered, forwarded or taken back by a stranger who holds a token of their own', async () => {
    const csrf = await carol.csrf('/messages');
    for (const message of [id, NOT_THERE]) {
      const reply = new FormData();
      reply.append('csrf', csrf);
      reply.append('text', 'Not mine.');
      assert.equal((await carol.send('POST', `/messages/${message}/reply`, reply)).status, 404);
      const forward = new URLSearchParams({ csrf, to: 'carol@elsewhere.example' });
      assert.equal((await carol.send('POST', `/messages/${message}/forward`, forward)).status, 404);
    }
    for (const [visitor, page] of [
      [dora, '/sent'],
      [carol, '/messages'],
    ] as const) {
      for (const message of [id, NOT_THERE]) {
        for (const [route, fields] of [
          ['revoke', {}],
          ['revoke', { destroy: '1' }],
          ['restore', {}],
          ['expiry', { expires: '9d' }],
        ] as const) {
          assert.equal((await visitor.post(`/sent/${message}/${route}`, fields, page)).status, 404, route);
        }
      }
    }
    const rows = await running.store.db.selectFrom('recipients').selectAll().where('message_id', '=', id).execute();
    assert.deepEqual(
      rows.map((row) => row.revoked_at),
      [null],
    );
  });

  test('is nothing to somebody outside even where they sent it from: the pages of senders are for the organisation', async () => {
    assert.equal((await carol.get('/sent')).status, 404);
    assert.equal((await carol.get(`/sent/${id}`)).status, 404);
  });

  test('an answer belongs to its readers: another recipient of the mail it answers does not see it', async () => {
    const both = await send(running, { to: 'bob@recipient.example, carol@elsewhere.example', text: 'For both.' });
    const bob = await signInByLink(running, 'bob@recipient.example');
    assert.equal(
      (await bob.postMultipart(`/messages/${both}/reply`, { text: 'For Alice alone.' }, [], `/messages/${both}`))
        .status,
      303,
    );
    const page = await carol.get(`/messages/${both}`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /For Alice alone/);
  });

  test('without a session every route leads to signing in, and no form is taken', async () => {
    const stranger = new Visitor(running.url);
    for (const route of reading) {
      const answer = await stranger.get(`/messages/${id}${route}`);
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/sign-in');
    }
    const csrf = await stranger.csrf('/sign-in');
    for (const path of [`/messages/${id}/forward`, `/sent/${id}/revoke`, `/sent/${id}/restore`, `/sent/${id}/expiry`]) {
      const answer = await stranger.send('POST', path, new URLSearchParams({ csrf, to: 'x@y.example', expires: '3d' }));
      assert.equal(answer.status, 401, path);
    }
  });
});

describe('hidden recipients', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('read like all others, and appear to nobody but the sender', async () => {
    const id = await send(running, {
      to: 'Bob Recipient <bob@recipient.example>',
      cc: 'Carol <carol@elsewhere.example>',
      recipients: ['bob@recipient.example', 'carol@elsewhere.example', 'hidden@third.example'],
      text: 'To some of you.',
    });
    const bob = await signInByLink(running, 'bob@recipient.example');
    const hidden = await signInByLink(running, 'hidden@third.example');
    const page = await bob.get(`/messages/${id}`);
    assert.match(page.text, /carol@elsewhere\.example/);
    assert.doesNotMatch(page.text, /hidden@third/);
    assert.match((await hidden.get(`/messages/${id}`)).text, /To some of you/);

    assert.equal(
      (await bob.postMultipart(`/messages/${id}/reply`, { text: 'To all I see.', all: '1' }, [], `/messages/${id}`))
        .status,
      303,
    );
    const reply = await running.store.db
      .selectFrom('messages')
      .select('id')
      .where('kind', '=', 'reply')
      .executeTakeFirstOrThrow();
    assert.equal((await hidden.get(`/messages/${reply.id}`)).status, 404);
    assert.ok(await linkTo(running, 'carol@elsewhere.example'));

    const alice = await signInByAddress(running, 'alice@example.com');
    assert.match((await alice.get(`/sent/${id}`)).text, /hidden@third\.example/);
  });
});

function same(foreign: Answer, missing: Answer, id: string, route: string): void {
  assert.equal(foreign.status, 404, route);
  assert.equal(missing.status, 404, route);
  // The page names its own address for the theme switch, and nothing else tells them apart.
  assert.equal(foreign.text.replaceAll(id, NOT_THERE), missing.text, route);
}
