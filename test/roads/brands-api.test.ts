// Brands by the API: all that the pages can do, with the same refusals, each with the path of its fault.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiAnswer, ApiClient } from './api-client.ts';

const asNew = { 'if-none-match': '*' };

describeEngines('brands by the API', (engine) => {
  let running: Running;
  let api: ApiClient;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
  });
  after(() => running.stop());

  const put = (id: string, brand: object, headers: Record<string, string>): Promise<ApiAnswer> =>
    api.sendJson(`/brands/${id}`, brand, headers, 'PUT');
  const picture = async (format: 'png' | 'jpeg'): Promise<string> =>
    (
      await sharp({ create: { width: 900, height: 400, channels: 3, background: '#0b5d4e' } })
        .toFormat(format)
        .toBuffer()
    ).toString('base64');

  test('there is a default one before anybody has shaped any', async () => {
    const { status, json, headers } = await api.get('/brands/default');
    assert.deepEqual([status, headers.get('etag'), json['name'], json['logo']], [200, '"0"', 'Example Ltd', null]);
    assert.equal((await put('default', { name: 'Example & Sons' }, { 'if-match': '"0"' })).headers.get('etag'), '"1"');
  });

  test('one is made with everything it can have, and goes out as it came in', async () => {
    const whole = {
      name: 'North Clinic',
      senderName: 'The office',
      colour: '#7a1f3d',
      textColour: '#ffffff',
      domains: ['example.com'],
      texts: { any: { introduction: 'From {sender}.' }, ar: { subject: '{organisation}' } },
      footer: 'One\nTwo',
      privacyUrl: 'https://north.example/privacy',
      imprintUrl: 'https://north.example/imprint',
      reminderDays: 3,
    };
    const made = await put('north', { ...whole, logo: await picture('jpeg'), favicon: await picture('png') }, asNew);
    assert.deepEqual([made.status, made.headers.get('etag')], [201, '"1"'], made.text);
    const { logo, favicon, ...document } = (await api.get('/brands/north')).json;
    assert.deepEqual(document, whole);
    const { format, width } = await sharp(Buffer.from(String(logo), 'base64')).metadata();
    assert.deepEqual([format, width], ['png', 360]);
    const again = await put('north', { ...whole, logo, favicon }, { 'if-match': '"1"' });
    assert.deepEqual(
      [again.status, again.headers.get('etag')],
      [200, '"1"'],
      'nothing changed, so no version was made',
    );
  });

  const faults: readonly (readonly [what: string, brand: object, path: string])[] = [
    ['no name', {}, 'name'],
    ['a field that is not known', { name: 'X', slogan: 'Hurrah' }, 'slogan'],
    ['a colour that is none', { name: 'X', colour: 'red' }, 'colour'],
    ['text that cannot be read', { name: 'X', colour: '#777777', textColour: '#888888' }, 'textColour'],
    ['a domain of others', { name: 'X', domains: ['example.com', 'other.example'] }, 'domains[0]'],
    ['a link without https', { name: 'X', imprintUrl: 'http://example.com' }, 'imprintUrl'],
    ['a script for a link', { name: 'X', privacyUrl: 'javascript:alert(1)' }, 'privacyUrl'],
    ['a language that nobody reads here', { name: 'X', texts: { xx: { subject: 'X' } } }, 'texts'],
    ['a variable that is not known', { name: 'X', texts: { de: { subject: 'An {leser}' } } }, 'texts.de.subject'],
    [
      'a sender named to whoever has the link',
      { name: 'X', texts: { any: { portalText: '{sender}' } } },
      'texts.any.portalText',
    ],
    ['half a day', { name: 'X', reminderDays: 0.5 }, 'reminderDays'],
    ['a name of many lines is one', { name: 'X'.repeat(81) }, 'name'],
  ];
  for (const [what, brand, path] of faults) {
    test(`${what} is refused with the path of the fault`, async () => {
      const answer = await put('faulty', brand, asNew);
      assertProblem(answer, 422, 'request/malformed', /^The brand is refused/);
      const { faults: told } = answer.json;
      assert.ok(Array.isArray(told));
      assert.match(JSON.stringify(told), new RegExp(`"path":"${path.replace(/[[\]]/g, '\\$&')}`));
      assertProblem(await api.get('/brands/faulty'), 404, 'request/not-found');
    });
  }

  test('a picture that is none is refused', async () => {
    for (const logo of [Buffer.from('<svg/>').toString('base64'), 'not base64!', 'A'.repeat(4)]) {
      assert.equal((await put('faulty', { name: 'X', logo }, asNew)).status, 422, logo);
    }
  });

  test('names that cannot be are refused', async () => {
    for (const id of ['North', 'no%20rth', 'north_', '-x', 'x'.repeat(51)]) {
      assertProblem(await put(id, { name: 'X' }, asNew), 422, 'request/malformed', /lower-case words/);
    }
  });

  test('a change says what it was made from, and comes too late when there is another version', async () => {
    assertProblem(await put('north', { name: 'X' }, {}), 428, 'request/version-needed');
    assertProblem(await put('north', { name: 'X' }, { 'if-match': '"7"' }), 412, 'request/outdated');
    assertProblem(await put('north', { name: 'X' }, { 'if-match': 'x' }), 412, 'request/outdated');
    assertProblem(await put('north', { name: 'X' }, asNew), 412, 'request/outdated');
    assertProblem(await put('nowhere', { name: 'X' }, { 'if-match': '*' }), 412, 'request/outdated');
    const two = await Promise.all(['A', 'B'].map((name) => put('north', { name }, { 'if-match': '"1"' })));
    assert.deepEqual(two.map(({ status }) => status).sort(), [200, 412]);
  });

  test('versions say who, why and what, and any can be brought back', async () => {
    await put('north', { name: 'North Clinic' }, { 'if-match': '*' });
    const note = await api.sendJson('/brands/north?note=A%20feast', { name: 'North!' }, { 'if-match': '*' }, 'PUT');
    const version = Number(JSON.parse(note.headers.get('etag') ?? ''));
    const { json } = await api.get('/brands/north/versions?limit=1');
    const [newest] = json['versions'] as { version: number; note: string; changed: string[] }[]; // as the description says
    assert.deepEqual([newest?.version, newest?.note, newest?.changed], [version, 'A feast', ['name']]);
    assert.equal(json['cursor'], version);
    const back = `/brands/north/versions/${version - 1}/restore`;
    assertProblem(await api.sendJson(back, {}), 428, 'request/version-needed');
    const restored = await api.sendJson(back, { note: 'Over' }, { 'if-match': `"${version}"` });
    assert.deepEqual([restored.status, restored.json['name']], [200, 'North Clinic']);
    assertProblem(await api.get('/brands/north/versions/99'), 404, 'request/not-found');
    let last: unknown;
    for await (const { event, details } of readAudit(running.store.keyring, running.store.db)) {
      if (event === 'brand-changed') last = details;
    }
    assert.match(
      JSON.stringify(last),
      new RegExp(`"brand":"north","from":${version},"to":${version + 1},"changed":\\["name"\\]`),
    );
  });

  test('all are put at once or none is, and what is not among them is removed', async () => {
    const before = await api.get('/brands');
    const etag = before.headers.get('etag') ?? '';
    const list = before.json['brands'] as { id: string; name: string }[]; // as the description says
    assert.deepEqual(
      list.map(({ id }) => id),
      ['default', 'north'],
    );
    const same = await api.sendJson('/brands', before.json, { 'if-match': etag }, 'PUT');
    assert.deepEqual([same.status, same.headers.get('etag')], [200, etag], same.text);

    const faulty = [...list, { id: 'east', name: 'East' }, { id: 'west', name: '' }];
    assert.equal((await api.sendJson('/brands', { brands: faulty }, { 'if-match': etag }, 'PUT')).status, 422);
    assertProblem(await api.get('/brands/east'), 404, 'request/not-found');
    const twice = [...list, { id: 'east', name: 'East' }, { id: 'east', name: 'East' }];
    assert.equal((await api.sendJson('/brands', { brands: twice }, { 'if-match': etag }, 'PUT')).status, 422);

    const others = [...list.filter(({ id }) => id !== 'north'), { id: 'east', name: 'East' }];
    const changed = await api.sendJson('/brands', { brands: others }, { 'if-match': etag }, 'PUT');
    assert.equal(changed.status, 200, changed.text);
    assertProblem(await api.get('/brands/north'), 404, 'request/not-found');
    assert.equal((await api.get('/brands/east')).json['name'], 'East');
    assertProblem(
      await api.sendJson('/brands', { brands: others }, { 'if-match': etag }, 'PUT'),
      412,
      'request/outdated',
    );
    assertProblem(await api.sendJson('/brands', { brands: others }, {}, 'PUT'), 428, 'request/version-needed');
  });

  test('a domain has one brand only, also when two are saved at once', async () => {
    const brand = { name: 'One of them', domains: ['example.com'] };
    const answers = await Promise.all(['race-a', 'race-b'].map((id) => put(id, brand, asNew)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422]);
  });

  test('a key needs the scope, and none that is bound to senders', async () => {
    const reader = await makeClient(running, { scopes: ['admin:read'] });
    assert.equal((await reader.get('/brands')).status, 200);
    assertProblem(await reader.sendJson('/brands/x', { name: 'X' }, asNew, 'PUT'), 403, 'request/forbidden');
    const sender = await makeClient(running, { scopes: ['messages:send'] });
    assertProblem(await sender.get('/brands'), 403, 'request/forbidden');
    const bound = await makeClient(running, { scopes: ['admin:read'], senders: ['alice@example.com'] });
    assertProblem(await bound.get('/brands'), 403, 'request/forbidden');
  });
});
