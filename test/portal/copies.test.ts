// A reader's own copy of a message, as a mail and as a PDF: what is in it, who gets it, and that its taking is told.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { DAY_MS } from '../../server/core/clock.ts';
import { openPdf } from '../../server/viewing/paint/pdf.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import type { Visitor } from '../support/browser.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('a copy of a message', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram();
    await send(running, { text: 'Hello.' });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  test('as a mail has its headers, its text, its cleaned HTML with pictures, and its files', async () => {
    const id = await send(running, {
      subject: 'Grüße: a/b',
      cc: 'Carol <carol@partner.example>',
      text: 'The text.',
      html: '<p onclick="x()">The <b>HTML</b> <a href="https://example.org/a">link</a> <img src="cid:logo"><img src="https://tracker.example/x"></p>',
      parts: [
        { content: PNG, type: 'image/png', cid: 'logo', name: 'logo.png' },
        { content: 'abc', name: 'Größen.txt' },
      ],
    });
    const { status, headers, content } = await bob.bytes(`/messages/${id}/copy.eml`);
    assert.equal(status, 200, content.toString());
    assert.equal(headers.get('content-type'), 'message/rfc822');
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename=".*a b\.eml"/);
    const mail = await simpleParser(content, { skipImageLinks: true });
    assert.equal(mail.subject, 'Grüße: a/b');
    assert.equal(mail.from?.text, '"Alice Example" <alice@example.com>');
    assert.match(JSON.stringify(mail.cc), /carol@partner\.example/);
    assert.match(mail.messageId ?? '', /^<test-.*@example\.com>$/);
    assert.equal(mail.text?.trim(), 'The text.');
    assert.match(String(mail.html), /<b>HTML<\/b> <a href="https:\/\/example\.org\/a"/);
    assert.match(String(mail.html), /<img[^>]*src="cid:part-1"/);
    assert.doesNotMatch(content.toString(), /onclick|tracker|Auto-Submitted|X-Sealpost/);
    assert.deepEqual(
      mail.attachments.map(({ filename, content: bytes }) => [filename, bytes.length]),
      [
        ['logo.png', PNG.length],
        ['Größen.txt', 3],
      ],
    );
  });

  test('says so where the text could not be made safe, and is not empty', async () => {
    const id = await send(running, { html: '<p>'.repeat(1_300_000) });
    const { content } = await bob.bytes(`/messages/${id}/copy.eml`);
    assert.match((await simpleParser(content)).text ?? '', /too large to be shown safely/);
  });

  test('as a PDF is one, in other letters than Latin too, and says what it cannot show', async () => {
    const plain = await send(running, {
      subject: `=?utf-8?B?${Buffer.from('Привет, Ελλάδα').toString('base64')}?=`,
      text: 'Zażółć gęślą jaźń\n\nтекст',
    });
    const { status, headers, content } = await bob.bytes(`/messages/${plain}/copy.pdf`);
    assert.equal(status, 200, content.toString().slice(0, 500));
    assert.equal(headers.get('content-type'), 'application/pdf');
    assert.match(content.toString('latin1'), /^%PDF-1\.[3-7]/);
    assert.match(content.toString('latin1'), /%%EOF\s*$/);
    assert.ok(content.length > 8_000, 'its fonts are in it');
  });

  test('as a PDF is one in Arabic and in Japanese, and says what it cannot show', async () => {
    const read = async (text: string): Promise<string> => {
      const { status, content } = await bob.bytes(`/messages/${await send(running, { text })}/copy.pdf`);
      assert.equal(status, 200);
      const opened = await openPdf(content);
      return ((await opened.text?.(1)) ?? '').normalize('NFKC').replace(/\s+/g, ' ');
    };
    assert.match(await read('العقد رقم 4711 من Sealpost'), /العقد رقم 4711 من Sealpost/);
    const japanese = await read('契約書をお送りします');
    assert.match(japanese, /契約書をお送りします/);
    assert.doesNotMatch(japanese, /cannot show/);
    assert.match(await read('Old: \u{13000}\u{13001}'), /cannot show every letter of the message: 2 are replaced by □/);
  });

  test('that cannot be made as a PDF is refused in words that lead to the mail', async () => {
    const hurried = await startProgram({ viewing: { viewMs: 1 } });
    try {
      const id = await send(hurried, { text: 'x' });
      const visitor = await signInByLink(hurried, 'bob@recipient.example');
      const { status, content } = await visitor.bytes(`/messages/${id}/copy.pdf`);
      assert.equal(status, 503);
      assert.match(content.toString(), /save the message as a mail \(\.eml\)/);
      assert.equal((await visitor.bytes(`/messages/${id}/copy.eml`)).status, 200);
    } finally {
      await hurried.stop();
    }
  });

  test('of HTML alone, of no text, and of a very long text is one as well', async () => {
    const long = 'word and another word '.repeat(20_000);
    const unbroken = 'x'.repeat(90_000);
    for (const mail of [
      { text: unbroken },
      { text: '\n'.repeat(90_000) + '.' },
      { html: '<p>One</p><p>Two &amp; more</p>' },
      { text: '' },
      { text: long, subject: '' },
    ]) {
      const id = await send(running, mail);
      for (const kind of ['eml', 'pdf']) {
        const { status } = await bob.bytes(`/messages/${id}/copy.${kind}`);
        assert.equal(status, 200, `${kind} of ${JSON.stringify(mail).slice(0, 40)}`);
      }
    }
  });

  test('is told in the audit, and to the reader among their own data', async () => {
    const id = await send(running, { subject: 'Copied matter', text: 'x' });
    assert.doesNotMatch((await bob.get('/account')).text, /Copied matter/);
    await bob.bytes(`/messages/${id}/copy.eml`);
    const page = (await bob.get('/account')).text;
    assert.match(page, /You took a copy of a message[\s\S]*?Copied matter/);
  });

  test('is refused under do-not-forward, to others, and once the message is over', async () => {
    const closed = await send(running, { text: 'x', headers: ['X-Sealpost-Protection: do-not-forward'] });
    const page = (await bob.get(`/messages/${closed}`)).text;
    assert.doesNotMatch(page, /copy\.eml|copy\.pdf/);
    const foreign = await send(running, { to: 'eve@recipient.example', text: 'x' });
    const short = await send(running, { text: 'x', headers: ['X-Sealpost-Expires: 1d'] });
    const alice = await signInByAddress(running, 'alice@example.com');
    const revoked = await send(running, { text: 'x' });
    await alice.post(`/sent/${revoked}/revoke`, { recipient: '0' }, `/sent/${revoked}`);
    for (const kind of ['eml', 'pdf']) {
      assert.equal((await bob.bytes(`/messages/${closed}/copy.${kind}`)).status, 403);
      assert.equal((await bob.bytes(`/messages/${foreign}/copy.${kind}`)).status, 404);
      assert.equal((await bob.bytes(`/messages/${revoked}/copy.${kind}`)).status, 410);
      assert.equal((await alice.bytes(`/messages/${short}/copy.${kind}`)).status, 404);
    }
    running.clock.forward(2 * DAY_MS);
    const again = await signInByLink(running, 'bob@recipient.example');
    for (const kind of ['eml', 'pdf']) assert.equal((await again.bytes(`/messages/${short}/copy.${kind}`)).status, 410);
  });
});
