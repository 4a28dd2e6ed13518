// What every answer tells the browser, whatever it is an answer to.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, signInByAddress } from '../support/mailbox.ts';
import { behindProxy, signInAt, startProduction } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';

const PAGE_POLICY =
  "default-src 'none';style-src 'self';script-src 'self';img-src 'self' data:;connect-src 'self';frame-src 'self';" +
  "form-action 'self';base-uri 'none';frame-ancestors 'none'";

const ADMIN = 'admin@example.com';

describe('the headers of every answer', () => {
  let running: Running;
  let someone: Visitor;
  let id: string;
  let link: string;

  before(async () => {
    running = await startProgram();
    const raw = [
      `From: ${ADMIN}`,
      `To: ${ADMIN}`,
      'Subject: With everything',
      'Message-ID: <everything@example.com>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>Hello <a href="https://example.org/page">there</a></p>',
      '--b',
      'Content-Type: text/html; name=page.html',
      'Content-Disposition: attachment; filename=page.html',
      '',
      '<script>alert(1)</script>',
      '--b--',
      '',
    ].join('\r\n');
    id = (await submit(running.smtpPort, { from: ADMIN, to: [ADMIN], raw })).split(' ')[2] ?? '';
    link = await linkTo(running, ADMIN);
    someone = await signInByAddress(running, ADMIN);
  });
  after(() => running.stop());

  async function answers(): Promise<(readonly [what: string, answer: Answer])[]> {
    const nobody = new Visitor(running.url);
    const token = await nobody.csrf(link);
    const post = (path: string, fields: Record<string, string>): Promise<Answer> =>
      nobody.send('POST', path, new URLSearchParams({ csrf: token, ...fields }));
    return [
      ['home', await nobody.get('/')],
      ['a link', await nobody.get(link)],
      ['a page asked for by HEAD', await nobody.send('HEAD', link)],
      ['OPTIONS', await nobody.send('OPTIONS', link)],
      ['a redirect to the sign-in', await nobody.get(`/messages/${id}`)],
      ['a redirect after a form', await post(`${link}/passcode`, {})],
      ['a wrong code', await post(`${link}/verify`, { code: '00000000' })],
      ['a forged form', await nobody.send('POST', `${link}/verify`)],
      [
        'a form from elsewhere',
        await nobody.send('POST', `${link}/verify`, undefined, { headers: { origin: 'https://evil.example' } }),
      ],
      ['a form that is too large', await post('/theme', { theme: 'x'.repeat(300_000) })],
      ['nothing', await nobody.get('/nothing')],
      ['a broken address', await nobody.get('/messages/%')],
      ['the inbox', await someone.get('/messages')],
      ['a message', await someone.get(`/messages/${id}`)],
      ['a way out', await someone.get(`/messages/${id}/links/0`)],
      ['sent', await someone.get(`/sent/${id}`)],
      ['branding', await someone.get('/admin/brands/default')],
      ['a problem of the API', await nobody.get('/api/v1/messages')],
      ['the API’s description', await nobody.get('/api/v1/openapi.json')],
      ['a probe', await nobody.get('/healthz')],
      ['another probe', await nobody.get('/readyz')],
      ['robots.txt', await nobody.get('/robots.txt')],
      ['the style sheet', await nobody.get('/static/portal.css')],
      ['a missing style sheet', await nobody.get('/static/none.css')],
      ['the brand', await nobody.get('/brand/default/0/style.css')],
      ['a missing logo', await nobody.get('/brand/default/0/logo.png')],
    ];
  }

  const framed = async (): Promise<(readonly [string, Answer])[]> => [
    ['a body', await someone.get(`/messages/${id}/body`)],
    ['the preview of a notice', await someone.get('/admin/brands/default/preview/notice')],
    ['the preview of the portal', await someone.get('/admin/brands/default/preview/portal')],
  ];

  test('forbid framing, scripts and everything else that is not ours', async () => {
    for (const [what, { headers }] of await answers()) {
      assert.equal(headers.get('content-security-policy'), PAGE_POLICY, what);
      assert.equal(headers.get('x-frame-options'), 'DENY', what);
    }
  });

  test('let only our own pages frame what is made for it, and nothing in it run', async () => {
    for (const [what, { status, headers }] of await framed()) {
      assert.equal(status, 200, what);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/, what);
      assert.match(policy, /frame-ancestors 'self'/, what);
      assert.doesNotMatch(policy, /script-src|allow-scripts|allow-same-origin|unsafe-eval|\*/, what);
      assert.equal(headers.get('x-frame-options'), null, what);
    }
  });

  test('guard against the other tricks of browsers', async () => {
    for (const [what, { headers }] of [...(await answers()), ...(await framed()), ['a file', await file()] as const]) {
      assert.equal(headers.get('x-content-type-options'), 'nosniff', what);
      assert.equal(headers.get('referrer-policy'), 'same-origin', what);
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', what);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', what);
      assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow', what);
      assert.equal(headers.get('x-powered-by'), null, what);
      assert.equal(headers.get('server'), null, what);
      assert.equal(headers.get('access-control-allow-origin'), null, what);
      assert.equal(headers.get('strict-transport-security'), null, `${what}: only behind https`);
    }
  });

  test('keep everything out of caches but what is the same for everybody', async () => {
    const forEverybody = ['the style sheet', 'the brand', 'a probe'];
    for (const [what, { headers }] of [...(await answers()), ...(await framed()), ['a file', await file()] as const]) {
      if (!forEverybody.includes(what)) assert.equal(headers.get('cache-control'), 'no-store', what);
    }
    const page = (await new Visitor(running.url).get('/')).text;
    const sheet = /href="(\/static\/portal\.css[^"]*)"/.exec(page)?.[1] ?? '';
    for (const path of [sheet, '/brand/default/0/style.css']) {
      const { status, headers } = await new Visitor(running.url).get(path);
      assert.equal(status, 200);
      assert.match(headers.get('cache-control') ?? '', /^public, max-age=31536000, immutable$/, path);
      assert.equal(headers.getSetCookie().length, 0, path);
    }
    const other = await new Visitor(running.url).get('/brand/default/7/style.css');
    assert.equal(other.headers.get('cache-control'), 'no-store', 'another version than the present one');
  });

  test('make a file a download that no browser opens', async () => {
    const { status, headers } = await file();
    assert.equal(status, 200);
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="?page\.html"?$/);
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; sandbox/);
    assert.doesNotMatch(headers.get('content-type') ?? '', /html|xml|script/);
  });

  test('hold nothing of who is asking', async () => {
    for (const [what, { headers }] of await answers()) {
      const all = [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      assert.doesNotMatch(all, /@|admin|example\.com/, what);
    }
  });

  test('behind https bind this host, and no other, to https for a year', async () => {
    const production = await startProduction();
    try {
      const visitor = await signInAt(production, ADMIN);
      for (const path of ['/', '/messages', '/nothing', '/healthz', '/static/portal.css']) {
        const { headers } = await visitor.get(path);
        assert.equal(headers.get('strict-transport-security'), 'max-age=31536000', path);
        assert.equal(headers.get('content-security-policy'), PAGE_POLICY, path);
      }
      assert.equal(
        (await new Visitor(behindProxy(production)).get('/sign-in')).headers.get('cache-control'),
        'no-store',
      );
    } finally {
      await production.stop();
    }
  });

  function file(): Promise<Answer> {
    return someone.get(`/messages/${id}/attachments/1`);
  }
});
