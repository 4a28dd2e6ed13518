// How a message's text, HTML, pictures and links reach the reader's screen.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Visitor } from '../support/browser.ts';
import { signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==',
  'base64',
);
const PNG_URI = `data:image/png;base64,${PNG.toString('base64')}`;

describe('the body of a message', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram();
    await send(running, { text: 'Hello.' });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  test('HTML is shown in a frame of its own, with its pictures inside and nothing fetched from outside', async () => {
    const id = await send(running, {
      html: [
        '<h1>Figures</h1><img src="cid:chart@x" alt="Chart">',
        '<img src="http://tracker.example/open.gif"><p style="background:url(https://tracker.example/b.png)">x</p>',
        '<script>alert(1)</script>',
      ].join(''),
      text: 'Figures in plain text.',
      parts: [{ content: PNG, type: 'image/png', cid: 'chart@x', name: 'chart.png' }],
    });
    const page = await bob.get(`/messages/${id}`);
    assert.match(
      page.text,
      new RegExp(`<iframe[^>]+src="/messages/${id}/body"[^>]+sandbox="allow-popups allow-popups-to-escape-sandbox"`),
    );
    assert.match(page.text, /2 remote pictures or files were left out/);
    assert.doesNotMatch(page.text, /Figures in plain text/);

    const body = await bob.get(`/messages/${id}/body`);
    assert.equal(body.status, 200);
    assert.match(body.text, /<h1>Figures<\/h1>/);
    assert.ok(body.text.includes(PNG_URI));
    assert.doesNotMatch(body.text, /tracker\.example|alert\(1\)|<script/);
  });

  test("the frame's document may run nothing, fetch nothing and be framed by the portal alone", async () => {
    const id = await send(running, { html: '<p>Hello</p>' });
    const { headers } = await bob.get(`/messages/${id}/body`);
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      'sandbox allow-popups allow-popups-to-escape-sandbox',
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      'img-src data:',
      "form-action 'none'",
      "frame-ancestors 'self'",
    ]) {
      assert.ok(policy.split('; ').includes(rule), rule);
    }
    assert.doesNotMatch(policy, /allow-scripts|allow-same-origin|script-src/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  test('a link of the HTML leads to a page that says where it goes, and warns where the mail said otherwise', async () => {
    const id = await send(running, {
      html: '<a href="https://bank.evil.example/login?a=1&amp;b=2">www.bank.example</a> <a href="https://www.bank.example/help">bank.example</a>',
    });
    const body = await bob.get(`/messages/${id}/body`);
    assert.match(body.text, new RegExp(`href="/messages/${id}/links/0"`));
    assert.doesNotMatch(body.text, /href="https?:/);

    const deceptive = await bob.get(`/messages/${id}/links/0`);
    assert.equal(deceptive.status, 200);
    assert.match(deceptive.text, /It goes to <strong><bdi>bank\.evil\.example</);
    assert.match(deceptive.text, /showed this link as <strong><bdi>www\.bank\.example</);
    assert.match(
      deceptive.text,
      /href="https:\/\/bank\.evil\.example\/login\?a(?:=|&#x3D;)1&amp;b(?:=|&#x3D;)2" rel="noopener noreferrer"/,
    );

    const honest = await bob.get(`/messages/${id}/links/1`);
    assert.doesNotMatch(honest.text, /showed this link as/);
    for (const n of ['2', '-1', '1e0', '00000001', 't0', 'x']) {
      assert.equal((await bob.get(`/messages/${id}/links/${n}`)).status, 404, n);
    }
  });

  test('plain text stays text, and its web addresses leave by the same page', async () => {
    const id = await send(running, {
      text: 'See <b>https://example.net/a?b=c</b>, or http://example.org/.\nSecond line',
    });
    const page = await bob.get(`/messages/${id}`);
    assert.doesNotMatch(page.text, /<iframe|<b>/);
    assert.match(page.text, new RegExp(`href="/messages/${id}/links/t0"`));
    assert.match(page.text, /&lt;b&gt;/);
    assert.match((await bob.get(`/messages/${id}/links/t0`)).text, /href="https:\/\/example\.net\/a\?b(?:=|&#x3D;)c"/);
    assert.match((await bob.get(`/messages/${id}/links/t1`)).text, /href="http:\/\/example\.org\/"/);
    assert.equal((await bob.get(`/messages/${id}/links/t2`)).status, 404);
    assert.equal((await bob.get(`/messages/${id}/links/0`)).status, 404);
    assert.equal((await bob.get(`/messages/${id}/body`)).status, 404);
  });

  test('a message without any text says so', async () => {
    const id = await send(running, { subject: '', parts: [{ content: 'x', name: 'only.txt', type: 'text/csv' }] });
    const page = await bob.get(`/messages/${id}`);
    assert.match(page.text, /This message has no text/);
    assert.match(page.text, /No subject/);
    assert.match(page.text, /only\.txt/);
  });

  test('HTML that cannot be made safe in time gives way to the text, or to a sentence', async () => {
    const html = '<p>'.repeat(1_300_000);
    const both = await send(running, { html, text: 'The same in plain text.' });
    const alone = await send(running, { html });
    const [withText, withoutText] = await Promise.all([bob.get(`/messages/${both}`), bob.get(`/messages/${alone}`)]);
    assert.match(withText.text, /The same in plain text\./);
    assert.match(withoutText.text, /too large to be shown safely/);
    for (const page of [withText, withoutText]) assert.doesNotMatch(page.text, /<iframe/);
  });

  test('a picture that the HTML never shows stands among the files', async () => {
    const id = await send(running, {
      html: '<img src="cid:used@x">',
      parts: [
        { content: PNG, type: 'image/png', cid: 'used@x', name: 'used.png' },
        { content: PNG, type: 'image/png', cid: 'unused@x', name: 'unused.png' },
      ],
    });
    const { text } = await bob.get(`/messages/${id}`);
    assert.match(text, /unused\.png/);
    assert.doesNotMatch(text, /"attachment-name">used\.png/);

    const textOnly = await send(running, {
      text: 'See the picture.',
      parts: [{ content: PNG, type: 'image/png', cid: 'photo@x', name: 'photo.png' }],
    });
    assert.match((await bob.get(`/messages/${textOnly}`)).text, /photo\.png/);
  });
});
