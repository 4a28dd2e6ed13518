// How long a message is kept after its last day is its template's to say, the shortest of all that apply. Until then its
// reader is shut out and its sender can give more time; then nobody opens it again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';
const ALICE = 'alice@example.com';
const rights = ['reply', 'forward', 'download'];
const policy = {
  format: 1,
  templates: [
    { name: 'long', title: 'Long', rights, expiry: { days: 1 }, retentionDays: 40 },
    { name: 'short', title: 'Short', rights, expiry: { days: 1 }, retentionDays: 3 },
    { name: 'at-once', title: 'At once', rights, expiry: { days: 1 }, retentionDays: 0 },
    { name: 'endless', title: 'Endless', rights, expiry: { days: 0 }, retentionDays: 1 },
  ],
  rules: [{ id: 'short', name: 'Short', when: { subject: { contains: 'short' } }, then: [{ apply: 'short' }] }],
};

describeEngines('what is over', (engine) => {
  let running: Running;
  let api: ApiClient;

  before(async () => {
    const env = { ...(await engine.newDatabase()), SESSION_IDLE_MINUTES: '10080', SESSION_HOURS: '168' };
    running = await startProgram({ env });
    api = await makeClient(running, { scopes: ['messages:read', 'admin:read', 'admin:write'] });
    const answer = await api.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT');
    assert.equal(answer.status, 200, JSON.stringify(answer.json));
  });
  after(() => running.stop());

  const sweep = (): Promise<number> => bindShredder(running.store).shredExpired(500);
  const wish = (protection: string): string[] => [`X-Sealpost-Protection: ${protection}`];
  const mail = (headers: readonly string[], subject = 'x'): Promise<string> =>
    send(running, { to: BOB, subject, text: 'x', headers });

  async function stored(id: string) {
    return running.store.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }
  const isShredded = async (id: string): Promise<boolean> => (await stored(id)).destroyed_at !== null;
  /** To this many days after the last one, and `plusMs`. */
  async function goPast(id: string, days: number, plusMs = 0): Promise<void> {
    const end = (await stored(id)).expires_at ?? '';
    running.clock.forward(Date.parse(end) + days * DAY_MS + plusMs - running.clock.nowMs());
  }

  test('is kept as long as its template says, shut to its reader and open to its sender’s change, and then shredded', async () => {
    const [id, saved] = [await mail(wish('long')), await mail(wish('long'))];
    const bob = await signInByAddress(running, BOB);
    await goPast(id, 0);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
    await goPast(id, 40, -MINUTE_MS);
    assert.equal(await sweep(), 0);
    const alice = await signInByAddress(running, ALICE);
    const asked = await (await signInByAddress(running, BOB)).get(`/messages/${id}`);
    assert.equal(asked.status, 410);
    assert.match(asked.text, /more-time/);
    assert.equal((await alice.post(`/sent/${saved}/expiry`, { expires: '7d' }, `/sent/${saved}`)).status, 303);
    assert.equal((await (await signInByAddress(running, BOB)).get(`/messages/${saved}`)).status, 200);

    await goPast(id, 40);
    assert.equal((await alice.post(`/sent/${id}/expiry`, { expires: '7d' }, `/sent/${id}`)).status, 410);
    assert.doesNotMatch((await (await signInByAddress(running, BOB)).get(`/messages/${id}`)).text, /more-time/);
    assert.equal(await sweep(), 1);
    assert.equal((await stored(id)).wrapped_key, null);
    assert.ok(!(await isShredded(saved)));
    const stones = await running.store.db.selectFrom('tombstones').select('message_id').execute();
    assert.ok(stones.some(({ message_id: gone }) => gone === id));

    // Given more time, it is kept anew after its new last day.
    await goPast(saved, 40, -1);
    await sweep();
    assert.ok(!(await isShredded(saved)));
    await goPast(saved, 40);
    await sweep();
    assert.ok(await isShredded(saved));
  });

  test('goes after the shortest of what its wishes and rules say, and after 14 days where none says anything', async () => {
    const both = await mail(wish('long'), 'short');
    const plain = await mail(['X-Sealpost-Expires: 1d']);
    assert.deepEqual([(await stored(both)).retention_days, (await stored(plain)).retention_days], [3, 14]);
    await goPast(both, 3, -1);
    await sweep();
    assert.ok(!(await isShredded(both)));
    await goPast(both, 3);
    await sweep();
    assert.deepEqual([await isShredded(both), await isShredded(plain)], [true, false]);
    await goPast(plain, 14, -1);
    await sweep();
    assert.ok(!(await isShredded(plain)));
    await goPast(plain, 14);
    await sweep();
    assert.ok(await isShredded(plain));
  });

  test('goes with its last day where nothing is kept, and never where it has none', async () => {
    const [gone, endless] = [await mail(wish('at-once')), await mail(wish('endless'))];
    await goPast(gone, 0, -1);
    await sweep();
    assert.ok(!(await isShredded(gone)));
    await goPast(gone, 0);
    await sweep();
    assert.ok(await isShredded(gone));
    running.clock.forward(60 * DAY_MS);
    await sweep();
    assert.ok(!(await isShredded(endless)));
  });

  test('keeps what it was taken in with, whatever becomes of its template', async () => {
    const id = await mail(wish('long'));
    const templates = policy.templates.map((one) => ({ ...one, retentionDays: 0 }));
    assert.equal((await api.sendJson('/policy', { ...policy, templates }, { 'if-match': '*' }, 'PUT')).status, 200);
    await goPast(id, 39);
    await sweep();
    assert.ok(!(await isShredded(id)));
    assert.equal((await api.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT')).status, 200);
  });

  test('in small batches, of all times together no more than is asked for', async () => {
    const ids = [await mail(wish('short')), await mail(wish('at-once')), await mail(wish('short'))];
    await goPast(ids[2] ?? '', 3);
    assert.equal(await bindShredder(running.store).shredExpired(2), 2);
    assert.equal((await Promise.all(ids.map(isShredded))).filter(Boolean).length, 2);
    await sweep();
    assert.ok((await Promise.all(ids.map(isShredded))).every(Boolean));
  });

  test('is told with its time to the sender: on the page and by the API', async () => {
    const id = await mail(wish('short'));
    const until = new Date(Date.parse((await stored(id)).expires_at ?? '') + 3 * DAY_MS).toISOString();
    const page = await (await signInByAddress(running, ALICE)).get(`/sent/${id}`);
    assert.match(page.text, /Until <time datetime="[^"]+"[^>]*>[^<]+<\/time> you can still give it more time/);
    assert.ok(page.text.includes(`datetime="${until}"`));
    const view = await api.get(`/messages/${id}`);
    assert.deepEqual([view.json['keptUntil'], view.json['reminderDays']], [until, null]);
  });
});
