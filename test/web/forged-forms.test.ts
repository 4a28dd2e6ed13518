// Forms that another site sends with a visitor's cookies (CSRF). One visitor is reader, sender and administrator
// here, so that every form there is could do something for them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { GOOGLE, discoveryOnly } from '../support/issuer.ts';
import { routesOf } from '../support/routes.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows } from '../support/tables.ts';

const ADMIN = 'admin@example.com';

describe('a form', () => {
  let running: Running;
  let visitor: Visitor;
  let id: string;
  let link: string;
  let own: string;
  let earlier: string;
  let foreign: string;

  before(async () => {
    running = await startProgram({ env: GOOGLE, reach: discoveryOnly });
    const raw = plainMail({ from: ADMIN, to: ADMIN });
    id =
      (await submit(running.smtpPort, { from: ADMIN, to: [ADMIN, 'bob@recipient.example'], raw })).split(' ')[2] ?? '';
    link = await linkTo(running, ADMIN);
    visitor = new Visitor(running.url);
    earlier = await visitor.csrf('/');
    await signInByAddress(running, ADMIN, visitor);
    own = await visitor.csrf('/messages');
    foreign = await (await signInByAddress(running, ADMIN)).csrf('/messages');
  });
  after(() => running.stop());

  test('without this browser’s own token does nothing, wherever it is sent', async () => {
    const before = await allRows(running);
    for (const path of postRoutes()) {
      for (const [what, token] of [
        ['no token', undefined],
        ['an empty one', ''],
        ['one of another browser with the same address', foreign],
        ['one from before the sign-in', earlier],
        ['one cut short', own.slice(0, -1)],
        ['one too long', `${own}A`],
        ['another of the same length', 'A'.repeat(own.length)],
      ] as const) {
        await refused(send(path, token), `${path} with ${what}`);
      }
      await refused(send(`${path}?csrf=${own}`, undefined), `${path} with the token in its address`);
      await refused(send(path, own, { 'x-csrf-token': own }, 'twice'), `${path} with the token twice`);
      for (const type of ['text/plain', 'application/json', 'application/xml']) {
        const body = type === 'application/json' ? JSON.stringify({ ...fields, csrf: own }) : `csrf=${own}&text=Hello`;
        const answer = visitor.send('POST', path, body, { headers: { 'content-type': type } });
        assert.ok([403, 422].includes((await answer).status), `${path} as ${type}`);
      }
    }
    assert.deepEqual(await allRows(running), before);
  });

  test('from another site does nothing, even with the token', async () => {
    const before = await allRows(running);
    for (const path of postRoutes()) {
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'none' },
        { 'sec-fetch-site': 'cross-site', origin: running.url },
        { origin: 'https://evil.example' },
        { origin: running.url.replace('http:', 'https:') },
        { origin: `${running.url}.evil.example` },
        { origin: running.url.replace('localhost', 'localhost.evil.example') },
        { origin: `http://localhost:1` },
      ]) {
        await refused(send(path, own, headers), `${path} with ${JSON.stringify(headers)}`);
      }
    }
    assert.deepEqual(await allRows(running), before);
  });

  test('from another site without a token is told no more than with one', async () => {
    const headers = { origin: 'https://evil.example' };
    const [without, with_] = [
      await send(`/sent/${id}/revoke`, undefined, headers),
      await send(`/sent/${id}/revoke`, own, headers),
    ];
    assert.equal(without.text, with_.text);
    assert.match(without.text, /This form was not sent from our page/);
  });

  test('of our own page is taken, also where the browser hides where it comes from', async () => {
    for (const headers of [
      {},
      { origin: 'null' },
      { origin: running.url },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-origin', origin: running.url },
      // Opened under another name of this machine: the browser itself says that it is one site.
      { 'sec-fetch-site': 'same-origin', origin: running.url.replace('localhost', '127.0.0.1') },
    ]) {
      const answer = await send('/theme', own, headers);
      assert.equal(answer.status, 303, JSON.stringify(headers));
    }
  });

  test('every one of them does something with the token: none was refused for another reason', async () => {
    // Three end the session; the others are about a request that somebody has to have made, a message that a rule holds, an app that is set up, a
    // certificate and a webhook that somebody has added.
    const apart =
      /\/sign-out$|\/sign-out-everywhere$|\/switch$|\/requests\/|\/approvals\/|\/second-step\/codes$|\/certificates\/|\/webhooks\//;
    const paths = postRoutes();
    for (const path of [...paths.filter((one) => !apart.test(one)), '/sign-out']) {
      const answer = await send(path, own);
      // A script asks for what a passkey signs; and an issuer is left for by a page of its own.
      const expected = /\/options$|\/oidc\//.test(path) ? [200] : [303, 422];
      assert.ok(expected.includes(answer.status), `${path} ${answer.status}`);
    }
    assert.equal((await visitor.get('/messages')).location, '/sign-in');
  });

  const fields = {
    code: '00000000',
    address: ADMIN,
    text: 'Hello',
    to: 'new@recipient.example',
    expires: '3d',
    theme: 'dark',
    name: 'Evil Ltd',
    colour: '#ff0000',
    do: 'save',
  };

  // Those under /write are not there for people of the organisation: test/portal/write.test.ts.
  function postRoutes(): string[] {
    const posts = routesOf(running).filter(
      ({ method, path }) => method === 'POST' && !/^\/(?:api|write|tls-reports)\b/.test(path),
    );
    assert.ok(posts.length >= 12);
    return posts.map(({ path }) =>
      path
        .replace('/m/:token', link)
        .replace(':id', id)
        .replace(':brand', 'default')
        .replace(':section', 'templates')
        .replace(':n', '1')
        .replace(':issuer', 'google')
        .replace(':rid', id),
    );
  }

  function send(
    path: string,
    token: string | undefined,
    headers: Record<string, string> = {},
    times?: 'twice',
  ): Promise<Answer> {
    // As the page of each sends it.
    const hasParts =
      /\/reply|^\/compose/.test(path) ||
      /^\/admin\/(?:brands\/default|certificates|policy(?:\/simulate|\/replays|\/new-rule|\/rules\/[\w:]+|\/parts\/[\w:/]+)?)(?:\?|$)/.test(
        path,
      );
    const body = hasParts ? new FormData() : new URLSearchParams();
    if (token !== undefined) body.append('csrf', token);
    if (times === 'twice') body.append('csrf', 'A'.repeat(own.length));
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return visitor.send('POST', path, body, { headers });
  }

  async function refused(answer: Promise<Answer>, what: string): Promise<void> {
    const { status, headers } = await answer;
    assert.equal(status, 403, what);
    assert.equal(headers.getSetCookie().length, 0, what);
  }
});
