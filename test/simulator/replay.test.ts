// Trying a policy on what was taken in: each message judged as at the moment it came, counted and never shown, on record.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { newId } from '../../server/crypto/random.ts';
import { REPLAYS_KEPT, insertReplay, listReplays, updateReplay } from '../../server/simulator/replays.store.ts';
import { emptyReport } from '../../server/policy/replay-report.ts';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { ApiAnswer, ApiClient } from '../roads/api-client.ts';
import { readAuditOf } from '../signin/audit-entries.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { gained, allRows } from '../support/tables.ts';

const CARD = '4111 1111 1111 1111';
const LABEL = '8a1e0fd3-6c1b-4b0d-9c1e-2f5a7c1d2e3f';

const cards = (state: string) => ({
  id: 'cards',
  name: 'Cards',
  state,
  when: { detector: { is: 'payment-card', in: ['body', 'attachments'] } },
  then: [{ apply: 'do-not-forward' }],
});
const inForce = {
  format: 1,
  rules: [
    cards('shadow'),
    {
      id: 'offers',
      name: 'Offers',
      when: { subject: { contains: 'offer' } },
      then: [{ hold: { approvers: ['pat@example.com'] } }],
    },
    {
      id: 'advice',
      name: 'Advice',
      when: { subject: { contains: 'advice' } },
      then: [{ reviewer: 'ruth@example.com' }],
    },
  ],
};
const draft = {
  format: 1,
  rules: [
    cards('on'),
    { id: 'bulk', name: 'Bulk', when: { header: { name: 'precedence', contains: 'bulk' } }, then: [{ refuse: 'No.' }] },
    {
      id: 'carol',
      name: 'Carol',
      when: { recipient: { is: ['carol@recipient.example'] } },
      then: [{ apply: 'do-not-forward' }],
    },
    { id: 'nothing', name: 'Nothing', state: 'off', then: [{ refuse: 'No.' }] },
  ],
};

interface Told {
  readonly state: string;
  readonly report: {
    readonly judged: number;
    readonly same: number;
    readonly notOpened: Readonly<Record<string, number>>;
    readonly changes: readonly { from: object; to: { outcome: string; protection?: string }; count: number }[];
    readonly rules: readonly { rule: string; hits: number; before: number }[];
    readonly messages: readonly { id: string; rules: readonly string[] }[];
  };
}

describeEngines('a policy on the mails of the last days', (engine) => {
  let running: Running;
  let api: ApiClient;
  let old: string;
  let shredded: string;
  let inFile: string;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write', 'messages:send'] });
    const saved = await api.sendJson('/policy', inForce, { 'if-match': '*' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
    // A day that is past when it is judged again.
    const end = `X-Sealpost-Expires: ${new Date(running.clock.nowMs() + 2 * DAY_MS).toISOString()}`;
    old = await send(running, { subject: 'An old one', text: CARD, headers: [end] });
    running.clock.forward(10 * DAY_MS);
    for (let n = 0; n < 30; n += 1) await send(running, { subject: `Plain ${n}`, text: 'Nothing special.' });
    for (let n = 0; n < 12; n += 1) await send(running, { subject: `Card ${n}`, text: `Please charge ${CARD}.` });
    const file = { name: 'list.csv', type: 'text/csv', content: `${'a;b\n'.repeat(60_000)}${CARD};c\n` };
    inFile = await send(running, { subject: 'In a file', text: 'See the file.', parts: [file] });
    await send(running, { subject: 'Bulk', headers: ['Precedence: bulk'] });
    await send(running, { subject: 'An offer', to: 'carol@recipient.example' });
    shredded = await send(running, { subject: 'Gone', text: CARD });
    assert.equal(await bindShredder(running.store).destroy(shredded, { actor: 'somebody' }), true);
    // More than a page of rows by now.
    for (let n = 0; n < 10; n += 1) await send(running, { subject: `Later ${n}` });
    running.clock.forward(HOUR_MS);
  });
  after(() => running.stop());

  const ask = (days: number | string, body?: object): Promise<ApiAnswer> =>
    body === undefined ? api.call('POST', `/simulate?days=${days}`) : api.sendJson(`/simulate?days=${days}`, body);

  async function ended(begun: ApiAnswer): Promise<Told> {
    assert.equal(begun.status, 202, begun.text);
    const path = begun.headers.get('location') ?? '';
    assert.match(path, /^\/api\/v1\/simulate\/[0-9a-z]{26}$/);
    for (;;) {
      const { json } = await api.get(path.replace('/api/v1', ''));
      if (json['state'] !== 'running') return json as unknown as Told; // the assertions are the check
      await sleep(20);
    }
  }

  test('counts rule by rule and protection by protection what a draft would change', async () => {
    const { state, report } = await ended(await ask(7, draft));
    assert.equal(state, 'done');
    assert.deepEqual(report.notOpened, { shredded: 1, damaged: 0, unknown: 0 });
    assert.equal(report.judged, 55);
    const told = report.changes.map(({ to, count }) => `${count} ${to.outcome} ${to.protection ?? ''}`.trim());
    // One of them was held, and would not be.
    assert.deepEqual(told.toSorted(), ['1 granted do-not-forward', '1 refused', '13 granted do-not-forward']);
    assert.equal(told[0], '13 granted do-not-forward');
    assert.equal(report.same, 40);
    const rules = report.rules.map(({ rule, hits, before: met }) => [rule, hits, met]);
    assert.deepEqual(rules, [
      ['cards', 13, 13],
      ['bulk', 1, 0],
      ['carol', 1, 0],
      ['nothing', 0, 0],
    ]);
    assert.equal(report.messages.length, 15);
    assert.deepEqual(report.messages.find(({ id }) => id === inFile)?.rules, ['cards']);
  });

  test('the policy that took them in would change nothing', async () => {
    const { report } = await ended(await ask(7));
    assert.deepEqual([report.judged, report.same, report.changes], [55, 55, []]);
  });

  test('goes back as far as it is asked to', async () => {
    const { report } = await ended(await ask(90, draft));
    assert.equal(report.judged, 56);
    assert.ok(report.messages.some(({ id }) => id === old));
  });

  test('what has run out since is judged as at its time', async () => {
    const { report } = await ended(await ask(90));
    assert.deepEqual([report.judged, report.changes.filter(({ to }) => to.outcome === 'refused')], [56, []]);
  });

  test('tells no address, no subject and no finding, and is sealed where it lies', async () => {
    const begun = await ask(90, draft);
    const told = JSON.stringify(await ended(begun));
    for (const word of ['recipient.example', 'alice', 'Card 1', '1111', 'list.csv'])
      assert.ok(!told.includes(word), word);
    const rows = JSON.stringify(await running.store.db.selectFrom('replays').selectAll().execute());
    assert.ok(!rows.includes('cards') && !rows.includes(inFile));
  });

  test('is on record before and after, and changes nothing else', async () => {
    const earlier = await allRows(running);
    await ended(await ask(7, draft));
    assert.deepEqual(gained(earlier, await allRows(running)), { replays: 1, audit: 2 });
    const [first] = await readAuditOf(running, 'mails-replayed');
    assert.ok(typeof first?.['actor'] === 'string' && typeof first['replay'] === 'string');
    assert.deepEqual([first['days'], first['policy']], [7, 'draft']);
    const [last] = await readAuditOf(running, 'replay-ended');
    assert.deepEqual([last?.['judged'], last?.['notOpened'], last?.['state']], [55, 1, 'done']);
  });

  test('is asked about those whom the sender wrote to: not about reviewers, nor who got it by a forward', async () => {
    running.clock.forward(30 * DAY_MS);
    const id = await send(running, { subject: 'Some advice', to: 'bob@recipient.example' });
    const held = await send(running, { subject: 'An offer with advice', to: 'bob@recipient.example' });
    await running.drain();
    const bob = await signInByLink(running, 'bob@recipient.example');
    const path = `/messages/${id}`;
    const forwarded = await bob.post(`${path}/forward`, { to: 'fay@recipient.example', text: '' }, path);
    assert.equal(forwarded.status, 303);
    const { db } = running.store;
    const people = [
      ...(await db.selectFrom('recipients').select('role').where('message_id', '=', id).execute()),
      ...(await db.selectFrom('held_recipients').select('role').where('message_id', '=', held).execute()),
    ];
    assert.equal(people.length, 5, JSON.stringify(people));
    const rule = (name: string, when: object) => ({ id: name, name, when, then: [{ apply: 'do-not-forward' }] });
    const rules = [
      rule('many', { recipients: { atLeast: 2 } }),
      rule('ruth', { recipient: { is: ['ruth@example.com'] } }),
      rule('fay', { anyRecipient: { is: ['fay@recipient.example'] } }),
      rule('internal', { direction: 'internal' }),
      rule('bob', { recipient: { is: ['bob@recipient.example'] } }),
    ];
    const { report } = await ended(await ask(1, { format: 1, rules }));
    assert.equal(report.judged, 2);
    assert.deepEqual(
      report.rules.map(({ rule: name, hits }) => [name, hits]),
      [
        ['many', 0],
        ['ruth', 0],
        ['fay', 0],
        ['internal', 0],
        ['bob', 2],
      ],
    );
    const inForceAgain = await ended(await ask(1));
    assert.deepEqual([inForceAgain.report.judged, inForceAgain.report.same], [2, 2]);
    running.clock.forward(2 * DAY_MS);
  });

  test('names the label that counts', async () => {
    const labels = {
      tenant: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      map: [{ label: LABEL, template: 'do-not-forward' }],
    };
    const header = `msip_labels: MSIP_Label_${LABEL}_Enabled=true; MSIP_Label_${LABEL}_SiteId=${labels.tenant}; MSIP_Label_${LABEL}_Method=Privileged`;
    const id = await send(running, { subject: 'Labelled', headers: [header] });
    const map = labels.map.map((entry) => ({ ...entry, title: 'Confidential' }));
    const { report } = await ended(await ask(1, { format: 1, labels: { ...labels, map } }));
    assert.deepEqual(
      report.messages.filter((one) => one.id === id).map((one) => [one.rules, 'label' in one && one.label]),
      [[[], LABEL]],
    );
    assert.equal(await bindShredder(running.store).destroy(id, { actor: 'somebody' }), true);
  });

  test('what does not open is counted and passed over', async () => {
    const id = await send(running, { subject: 'Damaged' });
    const { db } = running.store;
    await db
      .updateTable('parts')
      .set({ inline_bytes: Buffer.of(1) })
      .where('message_id', '=', id)
      .where('n', '=', 0)
      .execute();
    const { state, report } = await ended(await ask(1));
    assert.deepEqual([state, report.notOpened['damaged']], ['done', 1]);
  });

  test('a number of days that cannot be, a wrong policy and one that is too large are refused', async () => {
    for (const days of ['0', '91', 'x', '1.5', '']) assertProblem(await ask(days), 422, 'request/malformed');
    const wrong = await ask(7, { format: 1, rules: [{ id: 'x', name: 'X', then: [{ apply: 'nowhere' }] }] });
    assertProblem(wrong, 422, 'request/malformed', /rules\[0\]\.then\[0\]\.apply/);
    assert.ok(Array.isArray(wrong.json['faults']));
    assertProblem(await ask(7, { format: 1, lists: 'x'.repeat(2_100_000) }), 413, 'mail/too-large');
    assert.equal((await api.get(`/simulate/${'0'.repeat(26)}`)).status, 404);
    assert.equal((await api.get('/simulate/x')).status, 404);
  });

  test('only a key that may change all, bound to nobody, has mails opened', async () => {
    const reader = await makeClient(running, { scopes: ['admin:read'] });
    const bound = await makeClient(running, { scopes: ['admin:read', 'admin:write'], senders: ['alice@example.com'] });
    const sender = await makeClient(running);
    const rows = (await allRows(running)).replays.length;
    for (const client of [reader, bound, sender]) {
      assertProblem(await client.call('POST', '/simulate?days=7'), 403, 'request/forbidden');
    }
    assert.equal((await allRows(running)).replays.length, rows);
  });

  test('one at a time, of those that are heard of; a few are kept', async () => {
    const { db, vault } = running.store;
    const deps = { ...vault, clock: running.clock };
    const at = new Date(running.clock.nowMs()).toISOString();
    const report = emptyReport({ days: 1, policy: 1, from: at, to: at });
    const insert = (id: string) => inTransaction(db, (tx) => insertReplay(deps, tx, id, report));
    const id = newId(running.clock);
    assert.equal(await insert(id), true);
    assertProblem(await ask(1), 409, 'request/conflict');
    running.clock.forward(HOUR_MS);
    assert.equal((await listReplays(deps, db)).find((one) => one.id === id)?.state, 'broken-off');
    for (let n = 0; n < REPLAYS_KEPT + 3; n += 1) {
      running.clock.forward(1);
      const next = newId(running.clock);
      assert.equal(await insert(next), true);
      await updateReplay(deps, db, { id: next, state: 'done', report });
    }
    assert.equal((await listReplays(deps, db)).length, REPLAYS_KEPT);
    const winners = await Promise.all(Array.from({ length: 8 }, () => insert(newId(running.clock))));
    assert.equal(winners.filter(Boolean).length, 1);
  });
});
