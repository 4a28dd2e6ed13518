// The ways to the policy: the API, the command line and the administrators' page, and who may take them.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fullDocument } from '../policy/documents.ts';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { sealpost } from '../support/command.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const page = '/admin/policy';
const small = (name: string) => ({ format: 1, rules: [{ id: 'no', name, then: [{ refuse: 'Not by mail.' }] }] });

describe('the ways to the policy', () => {
  let running: Running;
  let api: ApiClient;
  let admin: Visitor;
  const run = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir }, 'policy', ...args);

  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const put = (path: string, body: unknown, headers: Record<string, string> = { 'if-match': '*' }) =>
    api.sendJson(path, body, headers, 'PUT');
  const etag = async (): Promise<string> => (await api.get('/policy')).headers.get('etag') ?? '';
  const post = (fields: Record<string, string>) => admin.postMultipart(page, { note: '', ...fields }, [], page);

  test('the API gives the whole with its version, and takes it from the one who has seen the newest', async () => {
    const none = await api.get('/policy');
    assert.deepEqual([none.status, none.headers.get('etag'), none.json['rules']], [200, '"0"', []]);
    const made = await put('/policy?note=first', small('One'), { 'if-match': '"0"' });
    assert.deepEqual([made.status, made.headers.get('etag')], [200, '"1"']);
    assertProblem(await put('/policy', small('Two'), { 'if-match': '"0"' }), 412, 'request/outdated');
    assertProblem(await put('/policy', small('Two'), { 'if-match': 'W/"1"' }), 412, 'request/outdated');
    assertProblem(await put('/policy', small('Two'), {}), 428, 'request/version-needed');
    assert.equal(await etag(), '"1"');
    const both = await Promise.all(['Two', 'Three'].map((name) => put('/policy', small(name), { 'if-match': '"1"' })));
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412]);
  });

  test('as YAML it comes and goes', async () => {
    const headers = { 'if-match': '*', 'content-type': 'application/yaml', accept: 'application/yaml' };
    const made = await api.call('PUT', '/policy', { headers, body: fullDocument });
    assert.equal(made.status, 200, made.text);
    assert.match(made.headers.get('content-type') ?? '', /^application\/yaml/);
    assert.doesNotMatch(made.text, /a-long-enough-secret/);
    const before = await etag();
    const again = await api.call('PUT', '/policy', { headers, body: made.text });
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [200, made.text, before]);
  });

  test('each fault is told with its path, and nothing is saved', async () => {
    const before = await etag();
    const answer = await put('/policy', { format: 1, rules: [{ id: 'A b', name: '', then: [] }], more: 1 });
    assertProblem(answer, 422, 'request/malformed');
    const { faults } = answer.json;
    assert.ok(Array.isArray(faults));
    assert.deepEqual(faults.map((one: { path: string }) => one.path).toSorted(), [
      'more',
      'rules[0].id',
      'rules[0].name',
      'rules[0].then',
    ]);
    for (const [type, body] of [
      ['application/json', '{"format":1,'],
      ['application/json', '{"format":1,"format":1}'],
      ['application/yaml', 'a: &a [1]\nb: *a\n'],
      ['text/plain', 'format: 1'],
      ['application/yaml', Buffer.from([0xff, 0xfe])],
    ] as const) {
      const refused = await api.call('PUT', '/policy', { headers: { 'if-match': '*', 'content-type': type }, body });
      assertProblem(refused, 422, 'request/malformed');
    }
    const huge = JSON.stringify({ format: 1, lists: 'x'.repeat(2_100_000) });
    const headers = { 'if-match': '*', 'content-type': 'application/json' };
    assertProblem(await api.call('PUT', '/policy', { headers, body: huge }), 413, 'mail/too-large');
    assert.equal(await etag(), before);
  });

  test('its parts are versions of the whole', async () => {
    const whole = (await api.get('/policy')).json;
    for (const part of ['templates', 'rules', 'labels']) {
      const { json, headers } = await api.get(`/${part}`);
      assert.deepEqual(json, { [part]: whole[part] });
      assertProblem(await put(`/${part}`, { [part]: json[part], other: 1 }), 422, 'request/malformed');
      assertProblem(await put(`/${part}`, json, { 'if-match': '"1"' }), 412, 'request/outdated');
      const same = await put(`/${part}`, json);
      assert.deepEqual([same.status, same.headers.get('etag')], [200, headers.get('etag')]);
    }
    // The rules need this template.
    assertProblem(await put('/templates', { templates: [] }), 422, 'request/malformed', /rules\[0\]\.then\[0\]\.apply/);
    const fewer = await put('/rules', { rules: [] });
    assert.deepEqual([fewer.status, fewer.json], [200, { rules: [] }]);
    assert.deepEqual((await api.get('/policy')).json, { ...whole, rules: [] });
  });

  test('its versions are listed, read and brought back', async () => {
    const { json } = await api.get('/policy/versions?limit=2');
    const { versions, cursor } = json;
    assert.ok(Array.isArray(versions) && versions.length === 2 && typeof cursor === 'number');
    assert.deepEqual((versions[0] as { changed: unknown }).changed, [
      'rules.cards removed',
      'rules.partner removed',
      'rules.wait removed',
      'rules.no removed',
    ]);
    assert.equal((await api.get(`/policy/versions?cursor=${cursor}`)).json['cursor'], null);
    const first = await api.get('/policy/versions/1');
    assert.equal((await api.get('/policy/versions/99')).status, 404);
    assert.equal((await api.get('/policy/versions/x')).status, 404);
    const path = '/policy/versions/1/restore';
    assertProblem(await api.sendJson(path, {}), 428, 'request/version-needed');
    const back = await api.sendJson(path, { note: 'calm' }, { 'if-match': await etag() });
    assert.deepEqual([back.status, back.json], [200, first.json]);
  });

  test('only a key with the scope, bound to nobody, has any of it', async () => {
    const reader = await makeClient(running, { scopes: ['admin:read'] });
    const sender = await makeClient(running);
    const bound = await makeClient(running, {
      scopes: ['admin:read', 'admin:write'],
      senders: ['alice@example.com'],
    });
    for (const path of ['/policy', '/policy/versions', '/policy/versions/1', '/templates', '/rules', '/labels']) {
      assert.equal((await reader.get(path)).status, 200, path);
      assertProblem(await sender.get(path), 403, 'request/forbidden');
      assertProblem(await bound.get(path), 403, 'request/forbidden');
    }
    for (const [method, path] of [
      ['PUT', '/policy'],
      ['PUT', '/rules'],
      ['PUT', '/templates'],
      ['PUT', '/labels'],
      ['POST', '/policy/versions/1/restore'],
    ] as const) {
      for (const client of [reader, sender, bound]) {
        assertProblem(await client.sendJson(path, {}, { 'if-match': '*' }, method), 403, 'request/forbidden');
      }
    }
  });

  test('the page keeps what was typed beside every fault, and saves what has none', async () => {
    const version = (await etag()).replaceAll('"', '');
    const wrong = 'format: 1\nrules:\n  - { id: x, name: "<b>", then: [{ apply: nowhere }] }\n';
    const refused = await post({ version, document: wrong, note: 'my reason' });
    assert.equal(refused.status, 422);
    for (const words of ['rules[0].then[0].apply', 'name: &quot;&lt;b&gt;&quot;', 'my reason'])
      assert.ok(refused.text.includes(words), words);
    assert.equal((await post({ version, document: 'a: [', note: '' })).status, 422);
    const saved = await post({ version, document: JSON.stringify(small('Four')), note: '' });
    assert.equal(saved.status, 303);
    const late = await post({ version, document: JSON.stringify(small('Five')), note: '' });
    assert.equal(late.status, 412);
    assert.match(late.text, /Five/);
    assert.match(late.text, /admin@example\.com<\/bdi> saved version/);
    assert.match((await admin.get(page)).text, /Four/);
    assert.match((await admin.get(`${page}/versions/${Number(version) + 1}`)).text, /rules\.no\.name/);
  });

  test('back to a version is asked for once more, and then a version of its own', async () => {
    const version = (await etag()).replaceAll('"', '');
    const asked = await admin.get(`${page}/versions/1/restore`);
    assert.match(asked.text, /Go back to version 1\?/);
    assert.equal((await etag()).replaceAll('"', ''), version, 'asking changes nothing');
    const path = `${page}/versions/1/restore`;
    assert.equal((await admin.post(path, { version: '0' }, path)).status, 412);
    assert.equal((await admin.post(path, { version }, path)).status, 303);
    assert.match((await api.get('/policy')).text, /"One"/);
  });

  test('to everybody else the pages do not exist', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const path of [page, `${page}/versions/1`, `${page}/versions/1/restore`]) {
      assert.equal((await alice.get(path)).status, 404, path);
    }
    assert.equal((await admin.get(`${page}/versions/999`)).status, 404);
    assert.equal((await admin.get(`${page}/versions/0`)).status, 404);
  });

  test('what the command line exports it imports as the same, beside a running server', async () => {
    for (const name of ['policy.yaml', 'policy.json']) {
      await put('/rules', { rules: [] });
      const file = join(running.dataDir, name);
      assert.equal((await run('export', file)).code, 0);
      assert.match((await run('import', file)).out, /says already/);
      const other = (await readFile(file, 'utf8')).replace(/rules"?: \[\]/, (rules) =>
        rules.replace('[]', `[{"id":"${name.slice(-4).replace('.', '')}","name":"N","then":[{"refuse":"No."}]}]`),
      );
      await writeFile(file, other);
      const imported = await run('import', file, '--note', 'by file');
      assert.equal(imported.code, 0, imported.err);
      assert.match(imported.out, /^Version \d+: rules\.\w+ added/);
    }
    const before = await etag();
    const bad = join(running.dataDir, 'bad.yaml');
    await writeFile(bad, 'format: 1\nrules: [{ id: x, name: X, then: [{ apply: nowhere }] }]\ntemplates: 3\n');
    const refused = await run('import', bad);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^Nothing was saved:\n {2}templates is of another type$/m);
    assert.equal((await run('import', bad, '--based-on', '1')).code, 1);
    assert.equal((await run('import', join(running.dataDir, 'nowhere.yaml'))).code, 1);
    assert.equal(await etag(), before);
  });

  test('the command line shows, lists, compares and goes back', async () => {
    assert.match((await run('show')).out, /^format: 1$/m);
    assert.match((await run('show', '1')).out, /name: One/);
    assert.match((await run('versions')).out, /^\d+ {2}\S+Z {2}command line {2}rules\.json added {2}by file$/m);
    assert.match((await run('diff', '1', '2')).out, /^- .*One\n\+ .*T/m);
    assert.match((await run('back', '1', '--note', 'calm')).out, /^Version \d+: /);
    assert.match((await run('versions')).out, /Back to version 1: calm/);
    for (const args of [
      ['back', '99'],
      ['show', 'x'],
      ['diff', '0.5'],
    ])
      assert.equal((await run(...args)).code, 1);
    const doctor = await sealpost({ DATA_DIR: running.dataDir }, 'doctor');
    assert.match(doctor.out, /^ok +policy +version \d+; rules: 1, templates: 0$/m);
    assert.match((await run('--help')).out, /import[^]*versions[^]*back/);
  });
});
