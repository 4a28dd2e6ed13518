// What each protection grants and withholds, asked of the bytes and not of the buttons.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Visitor } from '../support/browser.ts';
import { signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==',
  'base64',
);
const content = {
  html: '<p>For your eyes.</p><img src="cid:seal@x">',
  parts: [
    { content: PNG, type: 'image/png', cid: 'seal@x', name: 'seal.png' },
    { content: '%PDF-1.4 plan', type: 'application/pdf', name: 'plan.pdf' },
  ],
};

describe('under encrypt-only', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram();
    id = await send(running, content);
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  test('files are taken, and answering, forwarding, printing and copying are offered', async () => {
    const page = await bob.get(`/messages/${id}`);
    assert.match(page.text, new RegExp(`href="/messages/${id}/attachments/2"`));
    assert.match(page.text, new RegExp(`action="/messages/${id}/reply"`));
    assert.match(page.text, new RegExp(`action="/messages/${id}/forward"`));
    assert.doesNotMatch(page.text, /class="watermark"/);
    const file = await bob.bytes(`/messages/${id}/attachments/2`);
    assert.equal(file.status, 200);
    assert.equal(file.content.toString(), '%PDF-1.4 plan');
    const body = await bob.get(`/messages/${id}/body`);
    assert.doesNotMatch(body.text, /user-select|@media print|data:image\/svg/);
  });
});

describe('under do-not-forward', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram();
    id = await send(running, { ...content, headers: ['X-Sealpost-Protection: do-not-forward'] });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  test('no byte of a file leaves, pictures of the body as files included', async () => {
    for (const n of [1, 2]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await bob.send(method, `/messages/${id}/attachments/${n}`);
        assert.equal(answer.status, 403, `${method} ${n}`);
        assert.equal(answer.headers.get('content-disposition'), null);
        assert.doesNotMatch(answer.text, /%PDF/);
      }
    }
    const page = await bob.get(`/messages/${id}`);
    assert.match(page.text, /plan\.pdf/);
    assert.match(page.text, /do not leave this page/);
    assert.match(page.text, new RegExp(`href="/messages/${id}/attachments/2\\?view&#x3D;1"`));
    assert.doesNotMatch(page.text, /attachments\/\d"/);
  });

  test('forwarding is refused whether or not a button offers it', async () => {
    assert.doesNotMatch((await bob.get(`/messages/${id}`)).text, /id="forward"/);
    const answer = await bob.post(
      `/messages/${id}/forward`,
      { to: 'carol@elsewhere.example', text: '' },
      `/messages/${id}`,
    );
    assert.equal(answer.status, 403);
    const rows = await running.store.db.selectFrom('recipients').select('id').where('message_id', '=', id).execute();
    assert.equal(rows.length, 1);
  });

  test("the reader's address lies over page and body, and neither prints nor can be marked", async () => {
    const page = await bob.get(`/messages/${id}`);
    assert.match(page.text, /class="watermark"/);
    assert.match(page.text, /bob@recipient\.example &nbsp; bob@recipient\.example/);
    const body = await bob.get(`/messages/${id}/body`);
    assert.match(body.text, /data:image\/svg\+xml,[^"]*bob%40recipient\.example/);
    assert.match(body.text, /user-select:none!important/);
    assert.match(body.text, /@media print\{#mail/);
  });

  test('pictures that are part of the text are seen', async () => {
    const body = await bob.get(`/messages/${id}/body`);
    assert.ok(body.text.includes(`data:image/png;base64,${PNG.toString('base64')}`));
  });

  test('an answer is allowed, and is as strictly protected as what it answers', async () => {
    const answer = await bob.postMultipart(`/messages/${id}/reply`, { text: 'Understood.' }, [], `/messages/${id}`);
    assert.equal(answer.status, 303, answer.text);
    const reply = await running.store.db
      .selectFrom('messages')
      .selectAll()
      .where('kind', '=', 'reply')
      .executeTakeFirstOrThrow();
    assert.equal(reply.protection, 'do-not-forward');

    const alice = await signInByLink(running, 'alice@example.com');
    const page = await alice.get(`/messages/${reply.id}`);
    assert.match(page.text, /Understood\./);
    assert.match(page.text, /alice@example\.com &nbsp; alice@example\.com/);
    // The page of what was sent hinders nobody in copying, so the answer is read on its own.
    const sent = await alice.get(`/sent/${id}`);
    assert.doesNotMatch(sent.text, /Understood\./);
    assert.match(sent.text, new RegExp(`href="/messages/${reply.id}"`));
    assert.equal(
      (await alice.post(`/messages/${reply.id}/forward`, { to: 'x@y.example' }, `/messages/${reply.id}`)).status,
      403,
    );
  });
});

describe('messages of one conversation under different protections', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('a stricter message, or one not opened yet, does not stand on the page of another', async () => {
    const first = await send(running, { text: 'The first text.', headers: ['X-Thread: 1'] });
    const mailId = await mailIdOf(running, first);
    const strict = await send(running, {
      text: 'The strict text.',
      parts: [{ content: 'x', name: 'strict-file.txt' }],
      headers: ['X-Sealpost-Protection: do-not-forward', `In-Reply-To: ${mailId}`],
    });
    const open = await send(running, { text: 'The open text.', headers: [`References: ${mailId}`] });
    bob = await signInByLink(running, 'bob@recipient.example');

    const before = await bob.get(`/messages/${first}`);
    assert.doesNotMatch(before.text, /The strict text|strict-file|The open text/);
    assert.match(before.text, /You have not opened this message yet/);
    const untouched = await running.store.db
      .selectFrom('recipients')
      .select('opened_at')
      .where('message_id', '=', open)
      .executeTakeFirstOrThrow();
    assert.equal(untouched.opened_at, null);

    assert.match((await bob.get(`/messages/${open}`)).text, /The open text/);
    const strictPage = await bob.get(`/messages/${strict}`);
    assert.match(strictPage.text, /The strict text/);
    assert.match(strictPage.text, /The open text/);

    const after = await bob.get(`/messages/${first}`);
    assert.match(after.text, /The open text/);
    assert.doesNotMatch(after.text, /The strict text|strict-file/);
    assert.match(after.text, /shown on its own page only/);
    assert.match(after.text, new RegExp(`href="/messages/${strict}"`));
  });
});

async function mailIdOf(running: Running, id: string): Promise<string> {
  const row = await loadMessage(running.store.db, id);
  assert.ok(row);
  return openMessage(running.store.vault, row).meta.mailId ?? '';
}
