// Where a rule or a label has set the end of a message, its sender may draw it in and never move it beyond, whether on the
// page, by a program or as an answer to a reader who asks for more time. What senders wished for themselves binds nobody.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS, isoTime } from '../../server/core/clock.ts';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { said } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const TENANT = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const LABEL = '11111111-2222-4333-8444-555555555555';
const rights = ['reply', 'forward', 'download'];
const rule = (id: string, then: object) => ({ id, name: id, when: { subject: { contains: id } }, then: [then] });
const policy = {
  format: 1,
  templates: [
    { name: 'week', title: 'A week', rights, expiry: { days: 7 } },
    { name: 'endless', title: 'Endless', rights, expiry: { days: 0 } },
  ],
  labels: { tenant: TENANT, map: [{ label: LABEL, template: 'week' }] },
  rules: [
    rule('by-template', { apply: 'week' }),
    rule('by-rule', { expires: '7d' }),
    rule('longer', { expires: '20d' }),
    rule('far', { expires: '400d' }),
    rule('endless', { apply: 'endless' }),
    rule('branded', { brand: 'default' }),
    { ...rule('in-shadow', { expires: '7d' }), state: 'shadow' },
  ],
};
const SAYS = /A rule or a template of your organisation ends it on \w+, \d+ \w+ \d{4} at the latest/;

describeEngines('the end that a rule has set', (engine) => {
  let running: Running;
  let api: ApiClient;
  let alice: Visitor;
  let n = 0;

  before(async () => {
    const env = { ...(await engine.newDatabase()), EXPIRY_DAYS_MAX: '100', SESSION_IDLE_MINUTES: '10080' };
    running = await startProgram({ env: { ...env, SESSION_HOURS: '168' } });
    api = await makeClient(running, { scopes: ['messages:read', 'messages:revoke', 'admin:read', 'admin:write'] });
    const answer = await api.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT');
    assert.equal(answer.status, 200, JSON.stringify(answer.json));
    alice = await signInByAddress(running, 'alice@example.com');
  });
  after(() => running.stop());

  const mail = (subject: string, headers: readonly string[] = []): Promise<string> =>
    send(running, { to: `bob${(n += 1)}@recipient.example`, subject, text: 'x', headers });
  const stored = (id: string) =>
    running.store.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const endOf = async (id: string): Promise<string | null> => (await stored(id)).expires_at;
  const day = (days: number): string => isoTime(running.clock.nowMs() + days * DAY_MS).slice(0, 10);
  const patch = (id: string, expiresAt: string) => api.sendJson(`/messages/${id}`, { expiresAt }, {}, 'PATCH');
  const post = (id: string, expires: string) => alice.post(`/sent/${id}/expiry`, { expires }, `/sent/${id}`);
  const label = `msip_labels: MSIP_Label_${LABEL}_Enabled=True; MSIP_Label_${LABEL}_SiteId=${TENANT};`;

  for (const [by, subject, headers] of [
    ['a rule', 'by-rule', []],
    ['a rule’s template', 'by-template', []],
    ['a label’s template', 'x', [label]],
    ['the earliest of several rules', 'by-rule and longer', []],
    ['a rule, also when the sender wished for less', 'by-rule', ['X-Sealpost-Expires: 2d']],
  ] as const) {
    test(`is kept by ${by}, on the page and by a program`, async () => {
      const id = await mail(subject, headers);
      const { policy_end: limit } = await stored(id);
      assert.equal(limit, isoTime(running.clock.nowMs() + 7 * DAY_MS));
      const before = await endOf(id);
      for (const later of ['8d', '100d', day(8), '169h', isoTime(Date.parse(limit) + 1)]) {
        const refused = await patch(id, later);
        assert.deepEqual([refused.status, refused.json['code']], [422, 'policy/refused'], later);
        assert.match(String(refused.json['detail']), SAYS);
        const page = await post(id, later);
        assert.equal(page.status, 422, later);
        assert.match(said(page), SAYS);
      }
      assert.equal(await endOf(id), before);

      // Earlier is free, and so is the way back up to the limit.
      for (const [wanted, ends] of [
        ['1d', isoTime(running.clock.nowMs() + DAY_MS)],
        ['7d', limit],
        [day(2), `${day(3)}T00:00:00.000Z`],
        // The whole of its last day is asked for, and what there is of it given.
        [day(7), limit],
      ] as const) {
        assert.equal((await patch(id, wanted)).status, 200, wanted);
        assert.equal(await endOf(id), ends);
        assert.equal((await post(id, wanted)).status, 303, wanted);
        assert.equal(await endOf(id), ends);
      }
      const page = await alice.get(`/sent/${id}`);
      assert.match(said(page), SAYS);
      assert.match(page.text, new RegExp(`max="${limit.slice(0, 10)}"`));
    });
  }

  for (const [what, subject, headers] of [
    ['the sender’s own wish', 'x', ['X-Sealpost-Expires: 7d']],
    ['a template that the sender named', 'x', ['X-Sealpost-Protection: week']],
    ['the default', 'x', []],
    ['a rule that names no end', 'branded', []],
    ['a rule in shadow', 'in-shadow', []],
    ['a template without an end', 'endless', []],
    ['an end beyond what the server allows', 'far', []],
  ] as const) {
    test(`is not set by ${what}: up to EXPIRY_DAYS_MAX the sender chooses`, async () => {
      const id = await mail(subject, headers);
      assert.equal((await patch(id, '100d')).status, 200);
      assert.equal((await post(id, day(90))).status, 303);
      const beyond = await patch(id, '101d');
      assert.deepEqual([beyond.status, beyond.json['code']], [422, 'policy/unknown-value']);
      assert.match((await post(id, '101d')).text, /Choose a day from today on, and at most 100 days ahead/);
      assert.doesNotMatch(said(await alice.get(`/sent/${id}`)), SAYS);
    });
  }

  test('is nothing that a message has from before it was kept', async () => {
    const id = await mail('by-rule');
    await running.store.db.updateTable('messages').set({ policy_end: null }).where('id', '=', id).execute();
    assert.equal((await patch(id, '50d')).status, 200);
  });

  test('holds when a reader asks for more time: no day beyond it is offered, and none is given', async () => {
    const id = await mail('by-rule', ['X-Sealpost-Expires: 1d']);
    const bobs = `bob${n}@recipient.example`;
    await running.drain();
    running.clock.forward(1.5 * DAY_MS);
    const bob = await signInByAddress(running, bobs);
    await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
    const { id: request = '' } =
      (await running.store.db.selectFrom('requests').selectAll().where('message_id', '=', id).executeTakeFirst()) ?? {};
    const path = `/sent/${id}/requests/${request}`;
    const page = await alice.get(path);
    assert.match(said(page), SAYS);
    assert.doesNotMatch(page.text, /name="days"/);
    const before = await endOf(id);
    for (const whom of ['reader', 'all']) {
      const onPage = await alice.post(path, { decision: 'give', days: '7', whom }, path);
      assert.equal(onPage.status, 422);
      assert.match(said(onPage), SAYS);
      const called = await api.sendJson(`/messages/${id}/requests/${request}`, { decision: 'give', days: 6, whom });
      assert.deepEqual([called.status, called.json['code']], [422, 'policy/refused']);
    }
    assert.equal(await endOf(id), before);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
    // What lies before it can be given.
    const given = await api.sendJson(`/messages/${id}/requests/${request}`, { decision: 'give', days: 3 });
    assert.equal(given.status, 200, JSON.stringify(given.json));
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
  });
});
