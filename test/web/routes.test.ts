// Every route there is, and who gets anything from it. A new one has to be named in inventory.ts.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseAddress } from '../../server/core/address.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey, scopes } from '../../server/signin/api-keys.store.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { behindProxy, startProduction } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { routesOf } from '../support/routes.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows } from '../support/tables.ts';
import { capabilityIn, inventory, routesWithId } from './inventory.ts';

const MISSING = '0123456789abcdefghjkmnpqrs';

describe('the routes', () => {
  let running: Running;
  let id: string;

  before(async () => {
    running = await startProgram();
    const mail = plainMail({ subject: 'The sealed subject', body: 'The very secret text. https://example.org/' });
    id =
      (await submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw: mail })).split(
        ' ',
      )[2] ?? '';
    await submit(running.smtpPort, {
      from: 'carl@example.com',
      to: ['eve@recipient.example'],
      raw: plainMail({ from: 'carl@example.com' }),
    });
  });
  after(() => running.stop());

  test('are those that are written down', () => {
    assert.deepEqual(namesOf(running), Object.keys(inventory).toSorted());
  });

  test('in production are the same without the try-out mailbox', async () => {
    const production = await startProduction();
    try {
      const expected = Object.keys(inventory).filter((name) => inventory[name] !== 'this machine');
      assert.deepEqual(namesOf(production), expected.toSorted());
      assert.equal((await new Visitor(behindProxy(production)).get('/try/mailbox')).status, 404);
    } finally {
      await production.stop();
    }
  });

  test('give nothing to somebody without a cookie, link or key', async () => {
    const before = await allRows(running);
    for (const [name, readers] of Object.entries(inventory)) {
      if (readers === 'anyone' || readers === 'this machine') continue;
      const [method = '', pattern = ''] = name.split(' ');
      for (const known of [id, MISSING]) {
        const path = fill(pattern, known);
        const answer = await new Visitor(running.url).send(
          method,
          path,
          method === 'GET' ? undefined : new URLSearchParams(),
        );
        assert.doesNotMatch(answer.text, /sealed subject|secret text|recipient\.example/, name);
        if (readers === 'API key') assert.equal(answer.status, 401, name);
        else if (readers === 'holder of the link') assert.equal(answer.status, method === 'GET' ? 404 : 403, name);
        else if (method === 'GET') assert.deepEqual([answer.status, answer.location], [303, '/sign-in'], name);
        else assert.ok([401, 403, 404].includes(answer.status), `${name} ${answer.status}`);
      }
    }
    assert.deepEqual(await allRows(running), before);
  });

  test('answer HEAD as they answer GET', async () => {
    for (const name of Object.keys(inventory)) {
      const [method, pattern = ''] = name.split(' ');
      if (method !== 'GET') continue;
      const path = fill(pattern, MISSING);
      const [get, head] = [await new Visitor(running.url).get(path), await new Visitor(running.url).send('HEAD', path)];
      assert.deepEqual([head.status, head.location, head.text], [get.status, get.location, ''], name);
    }
  });

  test('that are none are all one page', async () => {
    const visitor = new Visitor(running.url);
    const expected = shown(await visitor.get('/nothing'));
    assert.equal(expected.status, 404);
    for (const path of [
      'debug',
      '.env',
      '.git/config',
      'views/layout.hbs',
      'server/main.ts',
      'package.json',
      'admin/nothing',
      'metrics',
      'static',
      'static/',
      'static/..%2fpackage.json',
      'static/%00',
      'static/.hidden',
      '%',
      '%ff',
      '%00',
      'static/nothing.css',
      'brand/other/0/style.css',
      'm',
      'index.html',
    ]) {
      assert.deepEqual(shown(await visitor.get(`/${path}`)), expected, path);
    }
    // Links have a page of their own, the same for one that is cut off, made up or destroyed.
    const lost = shown(await visitor.get('/m/short'));
    assert.equal(lost.status, 404);
    for (const path of ['/m/AAAAAAAAAAAAAAAAAAAAAA', '/m/%00', '/m/AAAAAAAAAAAAAAAAAAAAAA/verify']) {
      assert.equal(shown(await visitor.get(path)).status, 404, path);
    }
    assert.deepEqual(shown(await visitor.get('/m/AAAAAAAAAAAAAAAAAAAAAA')), lost);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'POST']) {
      const answer = await visitor.send(method, '/nothing', new URLSearchParams({ csrf: await visitor.csrf('/') }));
      assert.equal(answer.status, 404, method);
    }
  });

  test('show a message of other people as they show one that does not exist', async () => {
    const eve = await signInByAddress(running, 'eve@recipient.example');
    const carl = await signInByAddress(running, 'carl@example.com');
    const alice = await signInByAddress(running, 'alice@example.com');
    const before = await allRows(running);
    for (const [visitor, who] of [
      [eve, 'Eve, another recipient'],
      [carl, 'Carl, another sender'],
      [alice, 'Alice, its sender'],
    ] as const) {
      for (const [method, pattern] of routesWithId()) {
        if (visitor === alice && pattern.startsWith('/sent')) continue;
        for (const path of [pattern, `${pattern}?view=1`, `${pattern}/`]) {
          const foreign = await ask(visitor, method, path.replace(':id', id));
          const missing = await ask(visitor, method, path.replace(':id', MISSING));
          assert.equal(foreign.status, 404, `${who}: ${method} ${path}`);
          assert.deepEqual(shown(foreign), shown(missing), `${who}: ${method} ${path}`);
        }
      }
    }
    const { sessions: _, ...after } = await allRows(running);
    const { sessions: __, ...expected } = before;
    assert.deepEqual(after, expected);
  });

  test('show an id that is none as they show one that does not exist', async () => {
    const eve = await signInByAddress(running, 'eve@recipient.example');
    for (const [method, pattern] of routesWithId()) {
      if (!pattern.startsWith('/messages')) continue;
      const expected = shown(await ask(eve, method, pattern.replace(':id', MISSING)));
      for (const other of [
        id.toUpperCase(),
        `${id}x`,
        id.slice(1),
        '..%2f..',
        '%',
        '%00',
        `${id}%00`,
        "1'%20or%20'1'='1",
        'x'.repeat(2_000),
        '%F0%9F%92%8C',
      ]) {
        const answer = await ask(eve, method, pattern.replace(':id', other));
        assert.deepEqual(shown(answer), expected, `${method} ${pattern} ${other}`);
      }
    }
  });

  test('do not exist for those who are not of the organisation, or do not administer it', async () => {
    const eve = await signInByAddress(running, 'eve@recipient.example');
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const [name, readers] of Object.entries(inventory)) {
      const [method = '', pattern = ''] = name.split(' ');
      const path = fill(pattern, id);
      const missing = async (visitor: Visitor): Promise<unknown> => shown(await ask(visitor, method, '/nothing'));
      if (readers === 'sender') assert.deepEqual(shown(await ask(eve, method, path)), await missing(eve), name);
      if (readers === 'anybody with a role' || capabilityIn(readers) !== undefined) {
        for (const visitor of [eve, alice])
          assert.deepEqual(shown(await ask(visitor, method, path)), await missing(visitor), name);
      }
    }
  });

  test('show the draft of a brand to its maker only', async () => {
    for (const file of ['style.css', 'logo.png', 'favicon.png']) {
      const path = `/brand/default/draft/${file}`;
      assert.equal((await new Visitor(running.url).get(path)).location, '/sign-in');
      assert.equal((await (await signInByAddress(running, 'alice@example.com')).get(path)).status, 404);
    }
    const admin = await signInByAddress(running, 'admin@example.com');
    const page = '/admin/brands/default';
    const draft = { name: 'Draft Ltd', colour: '#0b5d4e', version: '0', do: 'preview' };
    assert.equal((await admin.postMultipart(page, draft, [], page)).status, 303);
    const style = await admin.get('/brand/default/draft/style.css');
    assert.deepEqual([style.status, style.headers.get('cache-control')], [200, 'no-store']);
  });

  test('of the API show a message of another sender as they show one that does not exist', async () => {
    const sender = parseAddress('carl@example.com');
    assert.ok(sender);
    const { key } = await inTransaction(running.store.db, (tx) =>
      createApiKey({ ...running.store, clock: running.clock }, tx, { name: 'Carl', scopes, senders: [sender] }),
    );
    const visitor = new Visitor(running.url);
    for (const [name, readers] of Object.entries(inventory)) {
      const [method = '', pattern = ''] = name.split(' ');
      if (readers !== 'API key' || !pattern.includes(':id')) continue;
      const [foreign, missing] = await Promise.all(
        [id, MISSING].map((one) => call(method, pattern.replace(':id', one))),
      );
      assert.equal(foreign?.status, 404, name);
      assert.equal(foreign?.text, missing?.text, name);
    }

    function call(method: string, path: string): Promise<Answer> {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const body = method === 'GET' ? undefined : JSON.stringify(method === 'PATCH' ? { expiresAt: '3d' } : {});
      return visitor.send(method, path, body, { headers });
    }
  });
});

function namesOf(running: Running): string[] {
  return routesOf(running)
    .map(({ method, path }) => `${method} ${path}`)
    .toSorted();
}

function fill(pattern: string, id: string): string {
  return pattern
    .replace(':id', id)
    .replace(':n', '1')
    .replace(':token', 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(':rid', '01kag3xyz00000000000000000')
    .replace(':version', '0');
}

/** Asks as the visitor's own page would. */
async function ask(visitor: Visitor, method: string, path: string): Promise<Answer> {
  if (method === 'GET') return visitor.get(path);
  const fields = { csrf: await visitor.csrf('/'), to: 'new@recipient.example', text: 'Hello', expires: '3d' };
  if (!path.includes('/reply') && !path.includes('/admin'))
    return visitor.send(method, path, new URLSearchParams(fields));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return visitor.send(method, path, form);
}

/** What there is to see of an answer, without the tokens of forms and the path that the theme's form returns to. */
function shown({ status, headers, text }: Answer): { status: number; headers: unknown; text: string } {
  const kept = [...headers].filter(([name]) => !['date', 'content-length', 'set-cookie'].includes(name));
  return { status, headers: kept, text: text.replace(/name="(csrf|back)" value="[^"]*"/g, 'name="$1"') };
}
