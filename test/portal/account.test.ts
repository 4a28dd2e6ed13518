// What people are told of themselves, and that nobody else is told it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { appendAudit } from '../../server/audit/audit.store.ts';
import { verifyAudit } from '../../server/audit/verify-audit.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';

describe('one’s own data', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram();
    id = await send(running, { subject: 'The lease', text: 'x', parts: [{ content: 'x', name: 'Plan.pdf' }] });
    bob = await signInByLink(running, BOB);
  });
  after(() => running.stop());

  test('tell what was recorded: sign-ins, readings, files, forwards, answers, from where', async () => {
    await bob.get(`/messages/${id}`);
    await bob.bytes(`/messages/${id}/attachments/1`);
    await bob.post(`/messages/${id}/forward`, { to: 'dave@third.example' }, `/messages/${id}`);
    await bob.postMultipart(`/messages/${id}/reply`, { text: 'Yes.' }, [], `/messages/${id}`);
    const { text } = await bob.get('/account');
    for (const told of [
      'A sign-in code was asked for',
      'You signed in',
      'You read a message',
      'You took the file Plan.pdf',
      'You forwarded a message to dave@third.example',
      'You answered a message',
      'in “The lease”',
      'from network 127.0.0.1',
    ])
      assert.ok(text.includes(told), told);
    assert.equal((await verifyAudit(running.store)).holds, true);
  });

  test('are nobody else’s, and of a message that was taken back no more is told than that', async () => {
    const dave = await signInByLink(running, 'dave@third.example');
    const { text } = await dave.get('/account');
    assert.doesNotMatch(text, /Plan\.pdf|forwarded|bob@/);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.doesNotMatch((await alice.get('/account')).text, /The lease|Plan\.pdf|bob@/);
    assert.equal((await new Visitor(running.url).get('/account')).location, '/sign-in');

    await alice.post(`/sent/${id}/revoke`, { recipient: '0' }, `/sent/${id}`);
    const after = (await bob.get('/account')).text;
    assert.doesNotMatch(after, /The lease|Plan\.pdf/);
    assert.match(after, /in a message that can no longer be read/);
    assert.match(after, /You took a file/);
  });

  test('come in pages', async () => {
    const details = { address: BOB, network: '192.0.2.99' };
    for (let n = 0; n < 70; n += 1) {
      await inTransaction(running.store.db, (tx) =>
        appendAudit({ ...running.store, clock: running.clock }, tx, { event: 'sign-in-refused', details }),
      );
    }
    const counts: number[] = [];
    for (let path: string | undefined = '/account'; path !== undefined;) {
      const { status, text } = await bob.get(path);
      assert.equal(status, 200);
      counts.push(text.match(/192\.0\.2\.99/g)?.length ?? 0);
      path = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replace('&#x3D;', '=');
    }
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      70,
    );
    assert.ok(counts.length >= 3);
    for (const before of ['0', '-1', 'x', '1e3', '9'.repeat(40)]) {
      assert.equal((await bob.get(`/account?before=${before}`)).status, 404, before);
    }
  });

  test('end every session at once, and nobody else’s', async () => {
    const other = await signInByAddress(running, BOB);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.match((await bob.get('/account')).text, /In 2 browsers/);
    assert.equal(
      (await other.send('POST', '/account/sign-out-everywhere', new URLSearchParams({ csrf: 'x' }))).status,
      403,
    );
    const answer = await other.post('/account/sign-out-everywhere', {}, '/account');
    assert.equal(answer.location, '/sign-in');
    assert.match(answer.headers.get('clear-site-data') ?? '', /cache/);
    for (const visitor of [bob, other]) assert.equal((await visitor.get('/messages')).location, '/sign-in');
    assert.equal((await alice.get('/messages')).status, 200);
    const back = await signInByAddress(running, BOB);
    assert.match((await back.get('/account')).text, /You signed out everywhere/);
  });
});
