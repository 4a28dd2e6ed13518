// How the house runs, as administrators see it: figures, health, and the queue with what may be done about it.

import { ledTo } from '../support/browser.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { countFigures } from '../../server/figures/count.ts';
import { figuresSince } from '../../server/figures/figures.store.ts';
import { DAY_MS, isoNow } from '../../server/core/clock.ts';
import { newId } from '../../server/crypto/random.ts';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describeEngines('how the house runs', (engine) => {
  let running: Running;
  let admin: Visitor;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    admin = await signInByAddress(running, 'admin@example.com');
    const id = await send(running, { to: 'bob@recipient.example, carol@third.example' });
    const bob = await signInByLink(running, 'bob@recipient.example');
    for (let n = 0; n < 2; n += 1) await bob.get(`/messages/${id}`);
  });
  after(() => running.stop());

  const sums = async (): Promise<Record<string, number>> => {
    const found = await figuresSince(running.store.db, '2000-01-01');
    return Object.fromEntries(found.map(({ name, label, count }) => [`${name} ${label}`, count]));
  };

  test('is counted from the audit log, each entry once, whoever counts at the same time', async () => {
    const { text } = await admin.get('/admin/today');
    assert.match(text, /1 in 30 days, by the road they came/);
    assert.deepEqual(await sums(), {}, 'looking counts nothing');
    await Promise.all([
      countFigures(running.store, 500),
      countFigures(running.store, 500),
      countFigures(running.store, 3),
    ]);
    while ((await countFigures(running.store, 3)) > 0);
    assert.deepEqual(await sums(), {
      'taken-in smtp': 1,
      'notices none': 2,
      'notice-after 10 s': 2,
      'signed-in code': 2,
      'read-after 1 h': 1,
    });
    assert.match((await admin.get('/admin/today')).text, /1 in 30 days, by the road they came/, 'nothing counts twice');
  });

  test('is told in words, and what to do where something is wrong', async () => {
    const { text } = await admin.get('/admin/today');
    assert.match(text, /Opens what it sealed/);
    assert.doesNotMatch(text, /data-tone="bad"/);
  });
});

describeEngines('figures and queue over the API', (engine) => {
  let running: Running;
  let reader: ApiClient;
  let writer: ApiClient;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    reader = await makeClient(running, { scopes: ['admin:read'] });
    writer = await makeClient(running, { scopes: ['admin:write'] });
  });
  after(() => running.stop());

  test('tell what happened day by day, counted and not counted yet as one', async () => {
    await send(running, { to: 'bob@recipient.example' });
    while ((await countFigures(running.store, 500)) > 0);
    await send(running, { to: 'bob@recipient.example' });
    const { json } = await reader.get('/figures?days=2');
    const day = isoNow(running.clock).slice(0, 10);
    assert.deepEqual(
      json['figures'],
      [{ day, name: 'taken-in', label: 'smtp', count: 2 }],
      'each label of a day stands there once',
    );
    assert.equal(json['since'], isoNow(running.clock, -DAY_MS).slice(0, 10));
    assert.deepEqual(json['queue'], { waiting: '2', givenUp: '0' });
  });

  test('show what waits, and have it tried now or given up, with an entry in the audit log', async () => {
    const { json } = await reader.get('/queue?limit=1');
    assert.equal(json['more'], true);
    assert.doesNotMatch(JSON.stringify(json), /bob|recipient\.example/);
    const [job] = await running.store.db.selectFrom('outbox').selectAll().where('kind', '=', 'notice').execute();
    for (const what of ['retry', 'give-up']) {
      assert.equal((await writer.sendJson(`/queue/${job?.id}/${what}`, {})).status, 204, what);
    }
    const [after] = await running.store.db
      .selectFrom('outbox')
      .selectAll()
      .where('id', '=', job?.id ?? '')
      .execute();
    assert.equal(after?.give_up_at, after?.next_at);
    assert.equal((await writer.sendJson('/queue/retry-all', {})).status, 204);
    const events = (await reader.get('/audit?event=queue-changed')).json['entries'];
    assert.ok(Array.isArray(events) && events.length === 2, 'nothing waited for a later try');
  });

  test('are not for a key without the scope, nor for one of some senders, nor for a job that is none', async () => {
    const bound = await makeClient(running, { scopes: ['admin:read', 'admin:write'], senders: ['alice@example.com'] });
    for (const path of ['/queue', '/figures']) {
      for (const key of [writer, bound]) assert.equal((await key.get(path)).status, 403, path);
    }
    assert.equal((await reader.sendJson('/queue/retry-all', {})).status, 403);
    for (const path of [
      '/queue?limit=0',
      '/queue?limit=501',
      '/queue?kind=notice',
      '/figures?days=0',
      '/figures?days=x',
    ])
      assert.equal((await reader.get(path)).status, 422, path);
    for (const id of ['x', '0'.repeat(26)])
      assert.equal((await writer.sendJson(`/queue/${id}/retry`, {})).status, 404, id);
    assert.equal((await writer.sendJson(`/queue/${'0'.repeat(26)}/retry?now=1`, {})).status, 422);
  });
});

describeEngines('the queue in the console', (engine) => {
  let running: Running;
  let admin: Visitor;
  const page = '/admin/queue';

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const jobs = () =>
    running.store.db.selectFrom('outbox').selectAll().where('kind', '=', 'notice').orderBy('id').execute();

  /** A notice whose relay said "later" twice, and which is tried in an hour. */
  async function waiting(): Promise<string> {
    await send(running, { to: 'bob@recipient.example' });
    const job = (await jobs()).at(-1) ?? assert.fail('no job');
    await running.store.db
      .updateTable('outbox')
      .set({ state: 'ready', attempts: 2, last_error: 'RCPT 450 4.2.1', next_at: '9999-01-01T00:00:00.000Z' })
      .where('id', '=', job.id)
      .execute();
    return job.id;
  }

  test('shows what waits and what the relay said, without a word of the mail', async () => {
    await waiting();
    const { text } = await admin.get(page);
    assert.match(text, /Notice to a recipient/);
    assert.match(text, /RCPT 450 4\.2\.1/);
    assert.doesNotMatch(text, /recipient\.example/);
  });

  test('has a job tried now, or for the last time, and writes down who did', async () => {
    const [first, second] = [await waiting(), await waiting()];
    assert.match(ledTo(await admin.post(`${page}/retry`, { job: first }, page)) ?? '', /done=retry$/);
    const asked = await admin.post(`${page}/give-up`, { job: second }, page);
    assert.equal(asked.status, 200);
    assert.match(asked.text, /Give this up\?[^]*it was tried (?:once|\d+ times)/);
    assert.match(ledTo(await admin.post(`${page}/give-up`, { job: second, sure: '1' }, page)) ?? '', /done=given-up$/);
    const rows = new Map((await jobs()).map((row) => [row.id, row]));
    assert.ok((rows.get(first)?.next_at ?? '9') < '9999');
    assert.ok((rows.get(second)?.give_up_at ?? '9') <= (rows.get(second)?.next_at ?? ''));
    const { text } = await admin.get('/admin/audit?event=queue-changed');
    assert.match(text, /give-up/);
  });

  test('asks about a job that others pushed off the page, and not about one that waits no more', async () => {
    const last = await waiting();
    const pushing = (await jobs()).find(({ id }) => id === last) ?? assert.fail('no job');
    const many = Array.from({ length: 101 }, () => ({ ...pushing, id: newId(running.clock) }));
    const soon = many.map((job) => ({ ...job, next_at: '9998-01-01T00:00:00.000Z' }));
    await running.store.db.insertInto('outbox').values(soon).execute();
    assert.ok(!(await admin.get(page)).text.includes(last));
    assert.match((await admin.post(`${page}/give-up`, { job: last }, page)).text, /Give this up\?/);
    const ids = soon.map(({ id }) => id);
    await running.store.db.deleteFrom('outbox').where('id', 'in', ids).execute();
    await running.store.db.updateTable('outbox').set({ state: 'done' }).where('id', '=', last).execute();
    for (const job of [last, ids[0] ?? '']) {
      assert.match(ledTo(await admin.post(`${page}/give-up`, { job }, page)) ?? '', /done=gone$/);
    }
  });

  test('has all tried that waits', async () => {
    await waiting();
    await admin.post(`${page}/retry-all`, {}, page);
    assert.deepEqual(
      (await jobs()).filter(({ state, next_at: next }) => state === 'ready' && next > '9998'),
      [],
    );
  });

  test('changes nothing that is settled, unknown, malformed, or another’s to change', async () => {
    const id = await waiting();
    await running.store.db.updateTable('outbox').set({ state: 'dead' }).where('id', '=', id).execute();
    assert.match(ledTo(await admin.post(`${page}/retry`, { job: id }, page)) ?? '', /done=gone$/);
    assert.match(ledTo(await admin.post(`${page}/retry`, { job: '0'.repeat(26) }, page)) ?? '', /done=gone$/);
    assert.equal((await admin.post(`${page}/retry`, { job: 'x' }, page)).status, 422);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.post(`${page}/retry`, { job: id }, '/sent')).status, 404);
    assert.equal((await jobs()).find((row) => row.id === id)?.state, 'dead');
  });
});
