// Administrators say where events go, on pages and by the API: the secret is seen once, and others find no such place.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey } from '../../server/signin/api-keys.store.ts';
import type { Scope } from '../../server/signin/api-keys.store.ts';
import { Visitor, ledTo } from '../support/browser.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { isSigned, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { setRoster } from '../support/staff.ts';

const PAGE = '/admin/webhooks';
const SECRET = /whsec_[\w+/=]{44}/;

describe('the webhooks in the console', () => {
  let running: Running;
  let receiver: Receiver;
  let admin: Visitor;

  before(async () => {
    receiver = await startReceiver();
    running = await startProgram({ outside: receiver.outside });
    await setRoster(running, { staff: [{ address: 'auditor@example.com', role: 'auditor' }] });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(async () => {
    await running.stop();
    await receiver.stop();
  });

  async function make(): Promise<{ page: string; secret: string }> {
    const made = await admin.post(PAGE, { url: receiver.url, event: 'message-read' }, PAGE);
    assert.equal(made.status, 200);
    const text = made.text.replaceAll('&#x3D;', '=');
    return {
      secret: SECRET.exec(text)?.[0] ?? '',
      page: /href="(\/admin\/webhooks\/[0-9a-z]{26})"/.exec(text)?.[1] ?? '',
    };
  }
  test('are made once by a form that is sent twice, and the second answer shows no secret', async () => {
    const once = /name="once" value="([0-9a-z]{26})"/.exec((await admin.get(PAGE)).text)?.[1] ?? assert.fail('no mark');
    const fields = { url: receiver.url, event: 'message-read', once };
    const first = await admin.post(PAGE, fields, PAGE);
    assert.match(first.text.replaceAll('&#x3D;', '='), SECRET);
    const second = await admin.post(PAGE, fields, PAGE);
    assert.deepEqual([second.status, ledTo(second)], [303, `${PAGE}/${once}?done=known`]);
    const shown = (await admin.get(second.location ?? '')).text;
    assert.match(shown, /It is made already, by the form you sent before/);
    assert.doesNotMatch(shown, /whsec_/);
    assert.equal((await admin.get(PAGE)).text.split(`${PAGE}/${once}`).length, 2);
    const page = `${PAGE}/${once}`;
    const turn = { version: await versionOn(page), sure: '1' };
    assert.equal((await admin.post(`${page}/rotate`, turn, page)).status, 200);
    const again = await admin.post(`${page}/rotate`, turn, page);
    assert.equal(again.status, 412, 'the secret is not made anew twice');
    assert.doesNotMatch(again.text, /whsec_/);
    const version = await versionOn(page);
    assert.equal((await admin.post(`${page}/remove`, { version, sure: '1' }, page)).status, 303);
  });

  const versionOn = async (page: string): Promise<string> =>
    /name="version" value="(\d+)"/.exec((await admin.get(page)).text)?.[1] ?? '';

  test('are made with a secret that is shown once, tested, and sent once more under the same id', async () => {
    const { page, secret } = await make();
    assert.match(secret, SECRET);
    for (const path of [page, PAGE, '/admin/audit']) assert.doesNotMatch((await admin.get(path)).text, /whsec_/, path);
    receiver.got.length = 0;
    assert.match(ledTo(await admin.post(`${page}/test`, {}, page)) ?? '', /done=test$/);
    await running.drain();
    assert.match((await admin.get(page)).text, /Test event[^]*HTTP 204/);
    const [first] = receiver.got;
    assert.ok(first !== undefined && isSigned(first, secret, running.clock.nowMs()));
    assert.match(ledTo(await admin.post(`${page}/replay`, { delivery: first.id }, page)) ?? '', /done=replay$/);
    await running.drain();
    assert.deepEqual(
      receiver.got.map(({ id }) => id),
      [first.id, first.id],
    );
    assert.doesNotMatch(running.logged(), /whsec_|hooks\.example/);
  });

  test('are switched off and on, given a new secret and removed after it was asked', async () => {
    const { page, secret } = await make();
    await admin.post(`${page}/state`, { version: await versionOn(page), state: 'off' }, page);
    assert.match((await admin.get(page)).text, /Switch on/);
    assert.equal((await admin.post(`${page}/test`, {}, page)).status, 422);
    await admin.post(`${page}/state`, { version: await versionOn(page), state: 'on' }, page);
    const asked = await admin.post(`${page}/rotate`, { version: await versionOn(page) }, page);
    assert.match(asked.text, /Both secrets sign for 24 hours/);
    const rotated = await admin.post(`${page}/rotate`, { version: await versionOn(page), sure: '1' }, page);
    const second = SECRET.exec(rotated.text.replaceAll('&#x3D;', '='))?.[0];
    assert.ok(second !== undefined && second !== secret);
    const version = await versionOn(page);
    assert.match((await admin.post(`${page}/remove`, { version }, page)).text, /Its secrets are forgotten/);
    assert.equal((await admin.get(page)).status, 200, 'nothing happened yet');
    await admin.post(`${page}/remove`, { version, sure: '1' }, page);
    assert.equal((await admin.get(page)).status, 404);
    assert.match((await admin.get('/admin/audit?event=webhook-changed')).text, /removed/);
  });

  test('refuse what is none outside, no event, and a change of what somebody else changed', async () => {
    const { page } = await make();
    for (const fields of [
      { url: 'https://10.0.0.1/', event: 'message-read' },
      { url: 'http://hooks.example.org/', event: 'message-read' },
      { url: receiver.url },
      { url: receiver.url, event: 'no-such-event' },
    ])
      assert.equal((await admin.post(PAGE, fields, PAGE)).status, 422, JSON.stringify(fields));
    const stale = { version: await versionOn(page), url: receiver.url, event: 'message-read' };
    assert.equal((await admin.post(page, stale, page)).status, 303);
    const second = await admin.post(page, { ...stale, url: 'https://new.example.org/' }, page);
    assert.equal(second.status, 412);
    assert.match(second.text, /Somebody else changed[^]*new\.example\.org/);
  });

  test('are read by an auditor, who can change nothing, and are none to others', async () => {
    const { page } = await make();
    const auditor = await signInByAddress(running, 'auditor@example.com');
    const { text, status } = await auditor.get(page);
    assert.equal(status, 200);
    assert.doesNotMatch(text, /Switch off|Remove…|name="url"/);
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const path of [PAGE, page]) assert.equal((await alice.get(path)).status, 404, path);
    for (const [visitor, from] of [
      [auditor, PAGE],
      [alice, '/sent'],
    ] as const)
      for (const act of ['', '/state', '/test', '/replay', '/rotate', '/remove'])
        assert.equal((await visitor.post(`${page}${act}`, {}, from)).status, 404, act);
  });

  test('are made, changed, tested and removed by the API as well', async () => {
    const call = await caller(['admin:read', 'admin:write']);
    const reader = await caller(['admin:read']);
    const made = await call('POST', '/webhooks', { url: receiver.url, events: ['message-read'] });
    assert.equal(made.status, 201);
    const { id, secret } = JSON.parse(made.text) as { id: string; secret: string };
    assert.match(secret, SECRET);
    const one = await reader('GET', `/webhooks/${id}`);
    assert.doesNotMatch(`${one.text}${(await reader('GET', '/webhooks')).text}`, /secret|whsec_/);
    const wanted = { url: receiver.url, events: ['notice-failed', 'message-read'], state: 'on' };
    const tag = one.headers.get('etag') ?? '';
    assert.equal((await call('PUT', `/webhooks/${id}`, wanted)).status, 428);
    assert.equal((await call('PUT', `/webhooks/${id}`, wanted, tag)).status, 200);
    assert.equal((await call('PUT', `/webhooks/${id}`, wanted, tag)).status, 412);
    assert.equal((await call('POST', `/webhooks/${id}/test`)).status, 202);
    await running.drain();
    const list = JSON.parse((await reader('GET', `/webhooks/${id}/deliveries`)).text) as {
      deliveries: { id: string; attempts: { outcome: string }[] }[];
    };
    assert.equal(list.deliveries[0]?.attempts[0]?.outcome, 'HTTP 204');
    const replay = `/webhooks/${id}/deliveries/${list.deliveries[0]?.id}/replay`;
    assert.equal((await call('POST', replay)).status, 202);
    assert.match((await call('POST', `/webhooks/${id}/rotate`)).text, SECRET);
    for (const [method, path] of [
      ['POST', '/webhooks'],
      ['PUT', `/webhooks/${id}`],
      ['DELETE', `/webhooks/${id}`],
      ['POST', replay],
    ] as const)
      assert.equal((await reader(method, path, wanted, '*')).status, 403, method);
    assert.equal((await call('POST', '/webhooks', { url: 'https://[::1]/', events: ['message-read'] })).status, 422);
    assert.equal((await call('POST', '/webhooks', { url: receiver.url, events: ['x'] })).status, 422);
    assert.equal((await call('DELETE', `/webhooks/${id}`, undefined, '*')).status, 204);
    assert.equal((await call('GET', `/webhooks/${id}`)).status, 404);
  });

  async function caller(scopes: readonly Scope[]) {
    const { vault, db } = running.store;
    const { key } = await inTransaction(db, (tx) => createApiKey(vault, tx, { name: 'test', scopes, senders: [] }));
    return async (method: string, path: string, body?: object, tag?: string) => {
      const answer = await fetch(`${running.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(tag === undefined ? {} : { 'if-match': tag }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    };
  }
});
