// Who may call the API, and what each key may see and do. A message that is not the key's own does not exist.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inTransaction } from '../../server/db/engine.ts';
import { revokeApiKey } from '../../server/signin/api-keys.store.ts';
import type { Scope } from '../../server/signin/api-keys.store.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { ApiClient, assertProblem, makeClient, makeKey } from './api-client.ts';
import type { ApiAnswer } from './api-client.ts';
import { ALICE, BOB } from './mails.ts';
import { storedIn } from './stored.ts';

const NO_MESSAGE = '01jd0000000000000000000000';
const CAROL = 'carol@example.com';

interface Call {
  readonly method: string;
  readonly path: (id: string) => string;
  readonly scope: Scope;
  readonly body?: unknown;
}

/** Every call that wants a key. */
const calls: readonly Call[] = [
  { method: 'POST', path: () => '/messages', scope: 'messages:send', body: { from: ALICE, to: [BOB] } },
  { method: 'GET', path: () => '/messages', scope: 'messages:read' },
  { method: 'GET', path: (id) => `/messages/${id}`, scope: 'messages:read' },
  { method: 'GET', path: (id) => `/messages/${id}/events`, scope: 'messages:read' },
  { method: 'POST', path: (id) => `/messages/${id}/revoke`, scope: 'messages:revoke', body: {} },
  { method: 'POST', path: (id) => `/messages/${id}/restore`, scope: 'messages:revoke', body: {} },
  { method: 'PATCH', path: (id) => `/messages/${id}`, scope: 'messages:revoke', body: { expiresAt: '3d' } },
];
const allScopes: readonly Scope[] = ['messages:send', 'messages:read', 'messages:revoke', 'admin:read', 'admin:write'];

describe('a key of the API', () => {
  let running: Running;
  let id = '';

  before(async () => {
    running = await startProgram();
    const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw: plainMail({}) });
    id = reply.split(' ')[2] ?? '';
  });
  after(() => running.stop());

  const make = (client: ApiClient, { method, path, body }: Call): Promise<ApiAnswer> =>
    body === undefined ? client.get(path(id)) : client.sendJson(path(id), body, {}, method);

  for (const call of calls) {
    const name = `${call.method} ${call.path(':id')}`;

    test(`${name} is refused without a key, or with one that is not right, and changes nothing`, async () => {
      const { id: keyId, key } = await makeKey(running);
      const stored = await storedIn(running.dataDir);
      const wrong = [
        undefined,
        'nonsense',
        `sealpost_${keyId}`,
        `${key}x`,
        key.slice(0, -1),
        key.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
        key.replace(keyId, NO_MESSAGE),
        'x'.repeat(5_000),
      ];
      for (const text of wrong) {
        const answer = await make(new ApiClient(running.url, text), call);
        assertProblem(answer, 401, 'request/unauthenticated');
        assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
      }
      assert.deepEqual(await storedIn(running.dataDir), stored);
    });

    test(`${name} is refused with a key of every other scope`, async () => {
      const client = await makeClient(running, { scopes: allScopes.filter((scope) => scope !== call.scope) });
      assertProblem(await make(client, call), 403, 'request/forbidden', new RegExp(call.scope));
    });

    test(`${name} is answered with its scope alone`, async () => {
      const client = await makeClient(running, { scopes: [call.scope] });
      const answer = await make(client, call);
      assert.equal(answer.status, call.scope === 'messages:send' ? 201 : 200, answer.text);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    });

    test(`${name} is refused from the moment the key is revoked`, async () => {
      const { id: keyId, key } = await makeKey(running);
      const client = new ApiClient(running.url, key);
      assert.ok((await make(client, call)).status < 300);
      await inTransaction(running.store.db, (tx) => revokeApiKey(running.store.vault, tx, keyId));
      assertProblem(await make(client, call), 401, 'request/unauthenticated');
    });
  }

  test('is asked for before the body is looked at', async () => {
    const nobody = new ApiClient(running.url, undefined);
    const headers = { 'content-type': 'application/json' };
    for (const path of ['/messages', `/messages/${id}/revoke`, `/messages/${id}/restore`]) {
      assertProblem(await nobody.call('POST', path, { headers, body: '{broken' }), 401, 'request/unauthenticated');
    }
    assertProblem(
      await nobody.call('POST', '/messages', { headers, body: ' '.repeat(8 * 1024 * 1024) }),
      401,
      'request/unauthenticated',
    );
  });

  test('is taken from its header, and from nowhere else', async () => {
    const { key } = await makeKey(running);
    const nobody = new ApiClient(running.url, undefined);
    assert.equal((await nobody.call('GET', '/messages', { headers: { authorization: `bearer  ${key}` } })).status, 200);
    for (const headers of [
      { authorization: key },
      { authorization: `Basic ${key}` },
      { 'x-api-key': key },
      { cookie: `key=${key}` },
    ]) {
      assertProblem(await nobody.call('GET', '/messages', { headers }), 401, 'request/unauthenticated');
    }
    assertProblem(await nobody.get(`/messages?key=${key}`), 401, 'request/unauthenticated');
  });

  test('lies nowhere in the data or the log', async () => {
    const { key } = await makeKey(running);
    assert.equal((await new ApiClient(running.url, key).get('/messages')).status, 200);
    const secret = key.slice(-43);
    assert.doesNotMatch(running.logged(), new RegExp(secret));
    const rows = await running.store.db.selectFrom('api_keys').selectAll().execute();
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(secret));
  });
});

describe('a key that is bound to senders', () => {
  let running: Running;
  let bound: ApiClient;
  let aliceId = '';
  let carolId = '';

  before(async () => {
    running = await startProgram();
    bound = await makeClient(running, { senders: [ALICE] });
    const all = await makeClient(running);
    aliceId = String((await all.sendJson('/messages', { from: ALICE, to: [BOB] })).json['id']);
    carolId = String((await all.sendJson('/messages', { from: CAROL, to: [BOB] })).json['id']);
  });
  after(() => running.stop());

  test('sends as them, in any case of letters', async () => {
    assert.equal((await bound.sendJson('/messages', { from: 'Alice <ALICE@Example.com>', to: [BOB] })).status, 201);
    assert.equal((await bound.sendRaw({ from: ALICE, to: [BOB], raw: plainMail({}) })).status, 201);
  });

  test('sends as nobody else, neither on the envelope nor in the mail', async () => {
    const stored = await storedIn(running.dataDir);
    const refused = [
      await bound.sendJson('/messages', { from: CAROL, to: [BOB] }),
      await bound.sendJson('/messages', { from: `"${ALICE}" <${CAROL}>`, to: [BOB] }),
      await bound.sendRaw({ from: CAROL, to: [BOB], raw: plainMail({}) }),
      await bound.sendRaw({ from: ALICE, to: [BOB], raw: plainMail({ from: CAROL }) }),
      await bound.sendRaw({ from: CAROL, to: [BOB], raw: plainMail({ from: CAROL }) }),
    ];
    for (const answer of refused) assertProblem(answer, 403, 'request/forbidden', /may not write for that sender/);
    assert.deepEqual(await storedIn(running.dataDir), stored);
  });

  test('sees their messages, and of others not even that they exist', async () => {
    assert.equal((await bound.get(`/messages/${aliceId}`)).status, 200);
    const missing = await bound.get(`/messages/${NO_MESSAGE}`);
    assertProblem(missing, 404, 'request/not-found');
    for (const call of calls.slice(2)) {
      const path = call.path(carolId);
      const answer =
        call.body === undefined ? await bound.get(path) : await bound.sendJson(path, call.body, {}, call.method);
      assert.equal(answer.status, 404, `${call.method} ${path}`);
      assert.equal(answer.text, missing.text);
    }
    const listed = (await bound.get('/messages?limit=200')).text;
    assert.match(listed, new RegExp(aliceId));
    assert.doesNotMatch(listed, new RegExp(`${carolId}|carol`));
  });

  test('bound to two, sees both', async () => {
    const two = await makeClient(running, { senders: [ALICE, CAROL] });
    for (const id of [aliceId, carolId]) assert.equal((await two.get(`/messages/${id}`)).status, 200);
    assert.match((await two.get('/messages')).text, new RegExp(carolId));
  });
});
