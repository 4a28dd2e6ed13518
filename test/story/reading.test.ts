// The whole way of a message: handed over by SMTP, announced, opened with a code, answered.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import { linkTo, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

describe('a message on its whole way', () => {
  let running: Running;
  let id = '';

  before(async () => {
    running = await startProgram();
    const reply = await submit(running.smtpPort, {
      from: 'alice@example.com',
      to: ['bob@recipient.example'],
      raw: plainMail({ subject: 'The sealed subject', body: 'The very secret text.' }),
    });
    assert.match(reply, /^250 2\.0\.0 [0-9a-z]{26}$/);
    id = reply.split(' ')[2] ?? '';
  });
  after(() => running.stop());

  test('a recipient is told of it without a word of it', async () => {
    const [notice] = await mailTo(running, 'bob@recipient.example');
    assert.ok(notice);
    assert.match(notice.raw, /^From: .*Alice Example/m);
    assert.match(notice.raw, /^Auto-Submitted: auto-generated/m);
    assert.match(notice.from, /^sealpost\+b-[0-9a-z]{26}@example\.com$/);
    assert.doesNotMatch(notice.text, /sealed subject|secret text/);
  });

  test('the link alone shows nothing and names the address only in part', async () => {
    const visitor = new Visitor(running.url);
    const page = await visitor.get(await linkTo(running, 'bob@recipient.example'));
    assert.equal(page.status, 200);
    assert.match(page.text, /b•••••@recipient\.example/);
    assert.doesNotMatch(page.text, /sealed subject|secret text|bob@/);
    assert.equal((await visitor.get(`/messages/${id}`)).location, '/sign-in');
  });

  test('with the mailed code it is read', async () => {
    const visitor = await signInByLink(running, 'bob@recipient.example');
    const page = await visitor.get(`/messages/${id}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /The sealed subject/);
    assert.match(page.text, /The very secret text\./);
    assert.match((await visitor.get('/messages')).text, /The sealed subject/);
  });

  test('an answer reaches the sender as a notice while nothing better is verified', async () => {
    const visitor = await signInByLink(running, 'bob@recipient.example');
    const answer = await visitor.postMultipart(
      `/messages/${id}/reply`,
      { text: 'My secret answer.' },
      [{ name: 'plan.pdf', content: Buffer.from('%PDF-1.4 plan'), type: 'application/pdf' }],
      `/messages/${id}`,
    );
    assert.equal(answer.status, 303, answer.text);
    const page = await visitor.visit(answer.location ?? '');
    assert.match(page.text, /My secret answer\./);
    assert.match(page.text, /plan\.pdf/);

    const [notice] = await mailTo(running, 'alice@example.com');
    assert.ok(notice);
    assert.doesNotMatch(notice.text, /secret answer/);
    assert.match(notice.raw, /^In-Reply-To: </m);

    const alice = await signInByLink(running, 'alice@example.com');
    assert.match((await alice.get(`/sent/${id}`)).text, /My secret answer\./);
  });

  test('the sender takes it back, and an open session reads no more', async () => {
    const bob = await signInByLink(running, 'bob@recipient.example');
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`)).status, 303);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
    assert.equal((await alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`)).status, 303);
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
  });
});
