// What is answered to a request that is broken, too large, or not for who asks: what to do next, and nothing of
// how we are made.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Visitor, said } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { rawHttp } from '../support/raw-http.ts';
import { plainMail, submit } from '../support/submit.ts';
import { INSIDES } from './insides.ts';

const BOB = 'bob@recipient.example';

describe('a request that cannot be answered', () => {
  let running: Running;
  let id: string;
  let link: string;

  before(async () => {
    running = await startProgram();
    id =
      (await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw: plainMail({}) })).split(' ')[2] ??
      '';
    link = await linkTo(running, BOB);
  });
  after(() => running.stop());

  test('because its address is broken is one for a page that is not there', async () => {
    const visitor = await signInByAddress(running, BOB);
    const paths = [
      '/%',
      '/messages/%',
      '/messages/%ff',
      `/messages/${id}/attachments/%E0%A4%A`,
      '/m/%',
      '/static/%',
      '/brand/%/0/style.css',
      '/%00',
      `/messages/${id}%00`,
      '/static/%00',
      '//evil.example/',
      '/\\evil.example',
    ];
    for (const path of paths) {
      const answer = await rawHttp(running.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      assert.ok([303, 404].includes(answer.status), `${path} ${answer.status}`);
      assert.doesNotMatch(answer.text, INSIDES, path);
      assert.doesNotMatch(answer.headers.get('location') ?? '/', /^\/\/|evil/, path);
    }
    assert.equal((await visitor.get('/messages')).status, 200);
  });

  test('because it is no HTTP, or longer than any of ours, is turned away before it reaches a page', async () => {
    for (const [what, request] of [
      ['a long address', `GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
      ['many cookies', `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${'a=b; '.repeat(200_000)}\r\n\r\n`],
      ['a NUL', 'GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
      ['no HTTP', 'HELO test\r\n\r\n'],
      ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
      [
        'two framings',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      ['a header over two lines', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n\u0001c\r\n\r\n'],
    ] as const) {
      const answer = await rawHttp(running.url, request);
      assert.ok([0, 400, 431].includes(answer.status), `${what}: ${answer.status}`);
      assert.doesNotMatch(answer.text, INSIDES, what);
    }
    assert.equal((await new Visitor(running.url).get('/')).status, 200);
  });

  test('because its address is longer than any of ours does not get it back', async () => {
    const answer = await new Visitor(running.url).get(`/${'a'.repeat(10_000)}`);
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.text, /aaaa/);
  });

  test('with a header that is longer than it should be is answered all the same', async () => {
    for (const headers of [
      { cookie: `sealpost=${'a.'.repeat(3_000)}` },
      { cookie: 'sealpost-browser=%E0%A4%A; sealpost=%; sealpost-theme=<script>; sealpost-next=//evil.example' },
      { cookie: '__proto__=x; constructor=y; =z; ;;;' },
      { 'accept-language': 'x'.repeat(8_000) },
      { 'user-agent': '<script>alert(1)</script>' },
      { range: 'bytes=0-10,5-20' },
      { 'if-none-match': '*' },
      { authorization: 'Bearer x' },
    ]) {
      const answer = await new Visitor(running.url).get('/', { headers });
      assert.equal(answer.status, 200, Object.keys(headers).join());
      assert.doesNotMatch(answer.text, /alert\(1\)|evil/);
    }
  });

  test('because its form is too large says how large it may be', async () => {
    const visitor = new Visitor(running.url);
    const csrf = await visitor.csrf('/');
    const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> =>
      visitor.send('POST', '/theme', body, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
    const big = `csrf=${csrf}&theme=dark&more=${'x'.repeat(300_000)}`;
    for (const answer of [await post(big), await post(new Uint8Array(gzipSync(big)), { 'content-encoding': 'gzip' })]) {
      assert.equal(answer.status, 413);
      assert.match(answer.text, /This is too large/);
      assert.match(answer.text, /256 kB/);
    }
    assert.match((await post(big, { 'accept-language': 'fr' })).text, /256\sko/);
    assert.equal((await post(`csrf=${csrf}&${'a=b&'.repeat(700)}theme=dark`)).status, 413);
    for (const encoding of ['gzip', 'br', 'unknown']) {
      const broken = await post('not packed at all', { 'content-encoding': encoding });
      assert.equal(broken.status, 422, encoding);
      assert.doesNotMatch(broken.text, INSIDES);
    }
    const charset = await post('csrf=x', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-7' });
    assert.equal(charset.status, 422);
  });

  test('with an unusual method gets nothing', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE', 'QUERY']) {
      const answer = await rawHttp(
        running.url,
        `${method} ${link} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      assert.ok([400, 404].includes(answer.status), `${method} ${answer.status}`);
      assert.ok(!answer.text.includes('recipient.example'), method);
    }
  });

  test('shows the way on that is left: to sign in, to the messages, or none but to wait', async () => {
    const [stranger, bob] = [new Visitor(running.url), await signInByAddress(running, BOB)];
    const signIn = /<a class="button" href="\/sign-in">Sign in<\/a>/;
    const messages = /<a class="button" href="\/messages">Go to your messages<\/a>/;
    assert.match((await stranger.get('/nothing')).text, signIn);
    assert.match((await bob.get('/nothing')).text, messages);
    const unknown = await stranger.send('POST', `/messages/${id}/reply`, new FormData());
    assert.equal(unknown.status, 401);
    assert.match(unknown.text, signIn);
    // A form without its token is sent once more from its own page.
    const page = `<a class="button" href="/messages/${id}">Open the page again</a>`;
    assert.ok((await bob.send('POST', `/messages/${id}/forward`, new URLSearchParams())).text.includes(page));

    const csrf = await stranger.csrf(link);
    let last: Answer | undefined;
    for (let n = 0; n < 9; n += 1)
      last = await stranger.send('POST', `${link}/passcode`, new URLSearchParams({ csrf }));
    // Who waits for a code waits on, and is told until when; to anybody else there is nothing but to wait.
    assert.equal(last?.status, 429);
    assert.equal(last?.headers.get('retry-after'), '900');
    assert.match(
      last === undefined ? '' : said(last),
      /Another can be asked for at \d\d:\d\d UTC; the last one still works until/,
    );
    assert.match(last?.text ?? '', /name="code"/);
    const other = new Visitor(running.url);
    const late = await other.post(`${link}/passcode`, {}, link);
    assert.equal(late.status, 429);
    assert.doesNotMatch(late.text, /class="button"/);
    assert.match(late.text, /Wait 15 minutes, then go on/);
    assert.match(said(late), /It works again at \d\d:\d\d UTC/);
  });
});
