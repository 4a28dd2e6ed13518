// API keys in the console and by the API: made, shown once, bound, ended and stopped; and the page of settings.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { ApiClient, makeClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const page = '/admin/api-keys';

describe('API keys in the console', () => {
  let running: Running;
  let admin: Visitor;

  before(async () => {
    running = await startProgram();
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const keyIn = (text: string) => /sealpost_[0-9a-z]{26}_[\w-]{43}/.exec(text)?.[0];
  const make = (fields: Record<string, string | string[]>) =>
    admin.post(page, { name: 'Accounting', scope: 'messages:read', ...fields }, page);

  test('are shown once, work, and open nothing once they are stopped', async () => {
    const made = await make({ senders: 'alice@example.com bob@example.com' });
    assert.equal(made.status, 200);
    const key = keyIn(made.text) ?? assert.fail('no key is shown');
    const { text } = await admin.get(page);
    assert.equal(keyIn(text), undefined);
    assert.match(text, /Accounting[^]*alice@example\.com/);
    const client = new ApiClient(running.url, key);
    assert.equal((await client.get('/messages')).status, 200);
    assert.equal((await client.get('/policy')).status, 403, 'no more than its scopes');
    const id = key.split('_')[1] ?? '';
    const asked = await admin.post(`${page}/revoke`, { key: id }, page);
    assert.equal(asked.status, 200);
    assert.match(asked.text, /Stop the key Accounting\?[^]*It was used last on/);
    assert.equal((await client.get('/messages')).status, 200, 'nothing happened yet');
    assert.equal((await admin.post(`${page}/revoke`, { key: id, sure: '1' }, page)).status, 303);
    assert.equal((await client.get('/messages')).status, 401);
    const log = (await admin.get('/admin/audit')).text;
    assert.match(log, /API key made/);
    assert.match(log, /API key revoked/);
    assert.equal(keyIn(log), undefined);
  });

  test('are made once by a form that is sent twice, and the second answer shows no key', async () => {
    const once = /name="once" value="([0-9a-z]{26})"/.exec((await admin.get(page)).text)?.[1] ?? assert.fail('no mark');
    const made = await Promise.all([make({ name: 'Twice', once }), make({ name: 'Twice', once })]);
    assert.equal(made.map(({ text }) => keyIn(text)).filter((key) => key !== undefined).length, 1);
    const again = await make({ name: 'Another name', once });
    assert.equal(again.status, 200);
    assert.match(again.text, /The key for <bdi>Twice<\/bdi> is made already/);
    assert.equal(keyIn(again.text), undefined);
    const { text } = await admin.get(page);
    assert.equal(text.match(/<bdi>Twice<\/bdi>/g)?.length, 1);
    assert.doesNotMatch(text, /Another name/);
    for (const wrong of ['', 'x', `${once}0`]) assert.equal((await make({ once: wrong })).status, 422, wrong);
  });

  test('end with their last day', async () => {
    const key = keyIn((await make({ expires: '2d' })).text) ?? assert.fail('no key');
    const client = new ApiClient(running.url, key);
    assert.equal((await client.get('/messages')).status, 200);
    running.clock.forward(2 * DAY_MS);
    assert.equal((await client.get('/messages')).status, 401);
    admin = await signInByAddress(running, 'admin@example.com');
    assert.match((await admin.get(page)).text, /Ended/);
  });

  test('that cannot be made are refused with what was typed, and none is made', async () => {
    const count = async () => ((await admin.get(page)).text.match(/data-label="Last used"/g) ?? []).length;
    const before = await count();
    for (const [fields, words] of [
      [{ scope: 'everything' }, 'There is no scope everything'],
      [{ senders: 'eve@elsewhere.example' }, 'is not of the organisation'],
      [{ expires: '2020-01-01' }, 'The end of a key is a day to come'],
      [{ expires: '2027-02-31' }, 'The end of a key is a day to come'],
      [{ name: 'two\nlines' }, 'has to be one line'],
    ] as const) {
      const answer = await make({ ...fields });
      assert.equal(answer.status, 422);
      assert.ok(answer.text.includes(words), words);
      assert.equal(keyIn(answer.text), undefined);
    }
    assert.equal((await admin.post(page, { name: 'x' }, page)).status, 422, 'no scope');
    assert.equal(await count(), before);
  });

  test('are nobody’s but an administrator’s', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const path of [page, '/admin/settings']) assert.equal((await alice.get(path)).status, 404);
    assert.equal((await alice.post(page, { name: 'x', scope: 'admin:write' }, '/sent')).status, 404);
  });

  test('are made, listed and stopped by the API', async () => {
    const api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const made = await api.sendJson('/api-keys', { name: 'crm', scopes: ['messages:send'], expires: '90d' });
    assert.equal(made.status, 201);
    const id = String(made.json['id']);
    assert.match(String(made.json['key']), /^sealpost_/);
    const listed = await api.get('/api-keys');
    assert.ok(listed.text.includes(id));
    assert.equal(keyIn(listed.text), undefined);
    assert.equal((await api.call('DELETE', `/api-keys/${id}`)).status, 204);
    assert.equal((await api.call('DELETE', `/api-keys/${id}`)).status, 404);
    for (const body of [
      { name: 'x', scopes: [] },
      { name: 'x', scopes: ['root'] },
      { name: 'x', scopes: ['admin:read'], more: 1 },
    ]) {
      assert.equal((await api.sendJson('/api-keys', body)).status, 422);
    }
    const reader = await makeClient(running, { scopes: ['admin:read'] });
    assert.equal((await reader.sendJson('/api-keys', { name: 'x', scopes: ['admin:write'] })).status, 403);
    const bound = await makeClient(running, { scopes: ['admin:write'], senders: ['alice@example.com'] });
    assert.equal((await bound.sendJson('/api-keys', { name: 'x', scopes: ['admin:write'] })).status, 403);
  });
});

test('the page of settings shows what is in force and no secret', async () => {
  const shownSettings = [
    { name: 'ORG_NAME', value: 'Example Ltd', source: 'default' },
    { name: 'RELAY_URL', value: '••••••••', source: 'file' },
  ] as const;
  const running = await startProgram({ shownSettings });
  const admin = await signInByAddress(running, 'admin@example.com');
  const { text } = await admin.get('/admin/settings');
  assert.match(text, /ORG_NAME/);
  assert.match(text, /Seals what is new/);
  await running.stop();
});
