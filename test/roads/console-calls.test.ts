// What the consoles' pages can do, by calls: lifting holds, what senders wish to hear of, MTA-STS of our own domains, and what
// others report of TLS.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inTransaction } from '../../server/db/engine.ts';
import { keepReport } from '../../server/delivery/tls-reports.store.ts';
import { signInByAddress, mailTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { ApiClient, assertProblem, makeClient } from './api-client.ts';

const BOB = 'bob@recipient.example';
const NOTICES = '/senders/alice@example.com/notices';

describe('by calls', () => {
  let running: Running;
  let api: ApiClient;
  let reader: ApiClient;
  let bound: ApiClient;

  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'], madeBy: 'admin@example.com' });
    reader = await makeClient(running, { scopes: ['admin:read', 'messages:read'] });
    bound = await makeClient(running, {
      scopes: ['admin:read', 'admin:write', 'messages:read', 'messages:send'],
      senders: ['carol@example.com'],
    });
    const hold = { hold: { approvers: ['pat@example.com'] } };
    const rules = [{ id: 'eyes', name: 'Two pairs of eyes', when: { subject: { contains: 'offer' } }, then: [hold] }];
    assert.equal((await api.sendJson('/policy', { format: 1, rules }, { 'if-match': '*' }, 'PUT')).status, 200);
  });
  after(() => running.stop());

  async function held(): Promise<string> {
    const raw = plainMail({ from: 'alice@example.com', subject: 'An offer' });
    await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw });
    const list = (await api.get('/held')).json['held'];
    const last: unknown = Array.isArray(list) ? list.at(-1) : undefined;
    assert.ok(typeof last === 'object' && last !== null && 'id' in last && 'rule' in last);
    assert.equal(last.rule, 'Two pairs of eyes');
    return String(last.id);
  }

  test('what a rule holds is listed without a word of it, let go, and refused, once', async () => {
    const id = await held();
    assert.doesNotMatch((await api.get('/held')).text, /offer|bob|alice/);
    for (const [client, body, status] of [
      [reader, { decision: 'release' }, 403],
      [bound, { decision: 'release' }, 403],
      [api, { decision: 'perhaps' }, 422],
      [api, { decision: 'release', more: 1 }, 422],
    ] as const) {
      assert.equal((await client.sendJson(`/held/${id}`, body)).status, status, JSON.stringify(body));
    }
    assert.equal((await mailTo(running, BOB)).length, 0);
    assert.equal((await api.sendJson(`/held/${id}`, { decision: 'release', word: 'Fine.' })).status, 204);
    await running.drain();
    assert.equal((await mailTo(running, BOB)).length, 1);
    assertProblem(await api.sendJson(`/held/${id}`, { decision: 'refuse' }), 409, 'request/conflict');
    assertProblem(await api.sendJson(`/held/${'0'.repeat(26)}`, { decision: 'refuse' }), 404, 'request/not-found');
    assertProblem(await api.sendJson('/held/x', { decision: 'refuse' }), 422, 'request/malformed');
    assert.equal((await api.sendJson(`/held/${await held()}`, { decision: 'refuse' })).status, 204);
    await running.drain();
    assert.equal((await mailTo(running, BOB)).length, 1);
    assert.deepEqual((await api.get('/held')).json, { held: [], more: false });
  });

  test('what its maker sent, and by a key without a maker anything, is not let go, but may be refused', async () => {
    const scopes = ['admin:read', 'admin:write'] as const;
    const id = await held();
    const nobody = await makeClient(running, { scopes });
    const alice = await makeClient(running, { scopes, madeBy: 'Alice@EXAMPLE.com' });
    const { json } = await alice.sendJson('/api-keys', { name: 'Another', scopes });
    const child = new ApiClient(running.url, String(json['key']));
    for (const client of [nobody, alice, child]) {
      assertProblem(await client.sendJson(`/held/${id}`, { decision: 'release' }), 403, 'request/forbidden');
    }
    assert.match((await alice.get('/api-keys')).text, /"name":"Another"[^}]*"madeBy":"alice@example\.com"/i);
    assertProblem(await alice.sendJson(`/held/${'0'.repeat(26)}`, { decision: 'release' }), 404, 'request/not-found');
    const before = (await mailTo(running, BOB)).length;
    assert.equal((await nobody.sendJson(`/held/${id}`, { decision: 'refuse' })).status, 204);
    assert.equal((await alice.sendJson(`/held/${await held()}`, { decision: 'refuse' })).status, 204);
    await running.drain();
    assert.equal((await mailTo(running, BOB)).length, before);
  });

  test('a key that is made on its page knows its maker', async () => {
    const admin = await signInByAddress(running, 'admin@example.com');
    const path = '/admin/api-keys';
    assert.match((await admin.post(path, { name: 'By hand', scope: 'admin:read' }, path)).text, /sealpost_/);
    assert.match((await api.get('/api-keys')).text, /"name":"By hand"[^}]*"madeBy":"admin@example\.com"/);
  });

  test('what a sender wishes to hear of is read and chosen, by keys that act for them', async () => {
    const sender = await makeClient(running, { senders: ['alice@example.com'] });
    const anybody = await makeClient(running);
    const wish = { firstRead: true, digest: false, subjects: true };
    assert.deepEqual((await sender.get(NOTICES)).json, { firstRead: false, digest: false, subjects: false });
    assert.deepEqual((await sender.sendJson(NOTICES, wish, {}, 'PUT')).json, wish);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.match((await alice.get('/sent/notices')).text, /name="firstRead" value="1"[^>]* checked/);
    assert.equal((await bound.get(NOTICES)).status, 403);
    assert.equal((await bound.sendJson(NOTICES, wish, {}, 'PUT')).status, 403);
    assert.equal((await reader.sendJson(NOTICES, wish, {}, 'PUT')).status, 403);
    assertProblem(await anybody.sendJson(NOTICES, wish, {}, 'PUT'), 403, 'request/forbidden', /admin:write/);
    const strong = await makeClient(running, { scopes: ['messages:send', 'admin:write'] });
    assert.equal((await strong.sendJson(NOTICES, wish, {}, 'PUT')).status, 200);
    const { text: log } = await api.get('/audit?event=sender-notices-changed&address=alice@example.com');
    assert.equal(log.match(/"chosen":\["firstRead","subjects"\]/g)?.length, 2, log);
    assert.equal((await anybody.get('/senders/bob@recipient.example/notices')).status, 404);
    assert.equal((await sender.get('/senders/bob/notices')).status, 422);
    for (const wrong of [{}, { ...wish, digest: 'yes' }, { ...wish, weekly: true }]) {
      assert.equal((await sender.sendJson(NOTICES, wrong, {}, 'PUT')).status, 422, JSON.stringify(wrong));
    }
    assert.deepEqual((await sender.get(NOTICES)).json, wish);
  });

  test('MTA-STS of an own domain is laid down as on its page, and of two the second is told', async () => {
    const said = { mode: 'testing', mx: ['mx.example.com'], maxAgeSeconds: 86_400 };
    const put = (domain: string, body: unknown, tag: string, client = api) =>
      client.sendJson(`/mta-sts/${domain}`, body, { 'if-match': tag }, 'PUT');
    assert.deepEqual((await api.get('/mta-sts')).json, { policies: [] });
    const made = await put('example.com', said, '"0"');
    assert.equal(made.status, 200, made.text);
    assert.match(made.text, /"file":"version: STSv1[^"]*mode: testing/);
    assert.match(made.text, /_smtp\._tls\.example\.com/);
    const { text: page } = await (await signInByAddress(running, 'admin@example.com')).get('/admin/mta-sts');
    assert.match(page, /mx\.example\.com/);
    const [record = ''] = /v=TLSRPTv1; rua=[^"]+/.exec(made.text) ?? [];
    assert.match(record, /https?:.*,mailto:/);
    assert.ok(page.replaceAll('&#x3D;', '=').includes(record), record);
    assertProblem(await put('example.com', said, '"0"'), 412, 'request/outdated');
    assert.equal((await api.sendJson('/mta-sts/example.com', said, {}, 'PUT')).status, 428);
    assert.equal((await put('other.example', said, '*')).status, 422);
    assert.equal((await put('example.com', { ...said, mx: [] }, '*')).status, 422);
    assert.equal((await put('example.com', { ...said, age: 1 }, '*')).status, 422);
    for (const client of [reader, bound]) assert.equal((await put('example.com', said, '*', client)).status, 403);
    const gone = await api.call('DELETE', '/mta-sts/Example.COM', { headers: { 'if-match': '*' } });
    assert.deepEqual([gone.status, gone.json], [200, { policies: [] }]);
    assert.equal((await api.call('DELETE', '/mta-sts/example.com', { headers: { 'if-match': '*' } })).status, 404);
  });

  test('what others report of TLS is listed', async () => {
    const day = new Date(running.clock.nowMs()).toISOString().slice(0, 10);
    const report = {
      organization: '<b>Elsewhere</b>',
      reportId: 'r-1',
      day,
      domain: 'example.com',
      policyType: 'sts',
      successful: 7,
      failed: 1,
      failures: [{ type: 'certificate-expired', host: 'mx.example.com', count: 1 }],
    };
    const { keyring, db } = running.store;
    await inTransaction(db, (tx) => keepReport(keyring, tx, report));
    const list = await reader.get('/tls-reports?days=2');
    assert.deepEqual(list.json['reports'], [report]);
    assert.equal(list.json['more'], false);
    assert.equal((await bound.get('/tls-reports')).status, 403);
    for (const query of ['days=0', 'days=x', 'limit=0', 'before=1']) {
      assert.equal((await reader.get(`/tls-reports?${query}`)).status, 422, query);
    }
  });
});
