// What a request says of the host it is for is anybody's word: nothing that leaves here is made of it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import { codeFor, linkTo, mailTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { rawHttp } from '../support/raw-http.ts';
import type { RawAnswer } from '../support/raw-http.ts';
import { plainMail, submit } from '../support/submit.ts';

const BOB = 'bob@recipient.example';
const FORGED = 'forged.example';

const forgedHeaders: readonly Record<string, string>[] = [
  { Host: FORGED },
  { Host: `${FORGED}:443` },
  { Host: `localhost@${FORGED}` },
  { 'X-Forwarded-Host': FORGED },
  { 'X-Forwarded-Host': FORGED, 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '443' },
  { Forwarded: `for=192.0.2.1;host=${FORGED};proto=https` },
  {
    'X-Original-Host': FORGED,
    'X-Host': FORGED,
    'X-Rewrite-Url': `https://${FORGED}/`,
    'X-Original-Url': `https://${FORGED}/`,
  },
  { 'X-Forwarded-Prefix': `//${FORGED}` },
  { Referer: `https://${FORGED}/page` },
];

for (const trust of [undefined, '127.0.0.0/8']) {
  describe(trust === undefined ? 'a forged host' : 'a forged host passed on by a trusted proxy', () => {
    let running: Running;
    let link: string;

    before(async () => {
      running = await startProgram({ env: trust === undefined ? {} : { TRUST_PROXY: trust } });
      await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw: plainMail({}) });
      link = await linkTo(running, BOB);
    });
    after(() => running.stop());

    test('is in no page and no redirect', async () => {
      for (const headers of forgedHeaders) {
        for (const path of [
          '/',
          '/sign-in',
          '/messages',
          '/nothing-here',
          link,
          `${link}/verify`,
          '/healthz',
          '/api/v1/openapi.json',
        ]) {
          const answer = await request('GET', path, headers);
          assert.ok(answer.status > 0 && answer.status < 500, `${path} ${answer.status}`);
          assert.ok(!answer.text.includes(FORGED), `${path} with ${JSON.stringify(headers)}`);
        }
      }
    });

    test('is in no page when the request line itself names it', async () => {
      for (const path of ['/', '/sign-in', '/messages', '/nothing-here', link]) {
        const answer = await rawHttp(
          running.url,
          `GET http://${FORGED}${path} HTTP/1.1\r\nHost: ${FORGED}\r\nConnection: close\r\n\r\n`,
        );
        assert.ok(answer.status > 0 && answer.status < 500, `${path} ${answer.status}`);
        assert.ok(!answer.text.includes(FORGED), path);
      }
    });

    test('is in no mail that a request causes, nor in where the request leads', async () => {
      const visitor = new Visitor(running.url);
      const csrf = await visitor.csrf(link);
      const cookie = `sealpost-browser=${visitor.cookie('sealpost-browser')}`;
      // One is enough for the mail; the limit on asking does not let through all.
      for (const headers of forgedHeaders.slice(0, 7)) {
        const answer = await request(
          'POST',
          `${link}/passcode`,
          { ...headers, Cookie: cookie },
          new URLSearchParams({ csrf }),
        );
        assert.equal(answer.status, 303, JSON.stringify(headers));
        assert.equal(answer.headers.get('location'), `${link}/verify`);
      }
      const mails = await mailTo(running, BOB);
      assert.equal(mails.length, 8);
      for (const mail of mails) assert.ok(!mail.raw.includes(FORGED) && !mail.text.includes(FORGED));
    });

    test('does not open the try-out mailbox to a page that calls this machine by a name of its own', async () => {
      assert.equal((await request('GET', '/try/mailbox', { Host: 'localhost' })).status, 200);
      assert.equal((await request('GET', '/try/mailbox', { Host: FORGED })).status, 404);
      assert.equal(
        (await request('GET', '/try/mailbox', { Host: FORGED, 'X-Forwarded-Host': 'localhost' })).status,
        404,
      );
    });

    function request(
      method: string,
      path: string,
      headers: Record<string, string>,
      form?: URLSearchParams,
    ): Promise<RawAnswer> {
      const body = form?.toString() ?? '';
      const all = {
        Host: 'localhost',
        ...headers,
        Connection: 'close',
        ...(form === undefined
          ? {}
          : { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': String(body.length) }),
      };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      return rawHttp(running.url, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    }
  });
}

describe('a way that somebody else has laid', () => {
  const elsewhere = [
    'https://forged.example/',
    '//forged.example/',
    '/\\forged.example/',
    '/messages//forged.example',
    '/messages/../..//forged.example',
    '/messages@forged.example',
    '/messages?x=//forged.example',
    '/sign-out',
    'javascript:alert(1)',
    '/messages\r\nSet-Cookie: a=b',
    '',
  ];

  test('after the sign-in is not taken, nor after the choice of colours', async () => {
    const running = await startProgram();
    try {
      for (const path of elsewhere) {
        const visitor = new Visitor(running.url);
        await visitor.get('/');
        visitor.setCookie('sealpost-next', encodeURIComponent(path));
        await visitor.post('/sign-in/passcode', { address: 'alice@example.com' }, '/sign-in');
        const code = await codeFor(running, 'alice@example.com');
        const answer = await visitor.post('/sign-in/verify', { code }, '/sign-in/verify');
        assert.equal(answer.status, 303, path);
        assert.match(answer.location ?? '', /^\/sent$|^\/messages\/\/forged\.example$/, path);
        const theme = await visitor.post('/theme', { theme: 'dark', back: path }, '/messages');
        assert.equal(theme.status, 303, path);
        assert.equal(new URL(theme.location ?? '', running.url).origin, running.url, path);
      }
    } finally {
      await running.stop();
    }
  });
});
