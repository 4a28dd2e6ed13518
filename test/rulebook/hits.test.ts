// What rules met: counted once for each mail that was decided, whoever counts and however many at a time; told on the page and
// by the API; and kept when the messages behind it are gone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { countFigures } from '../../server/figures/count.ts';
import { ruleDaysSince } from '../../server/figures/rule-days.store.ts';
import { ApiClient, makeClient, makeKey } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startSecond } from '../support/second-instance.ts';
import { plainMail, submit } from '../support/submit.ts';

const rules = [
  { id: 'strict', name: 'Strict', when: { subject: { contains: 'contract' } }, then: [{ apply: 'do-not-forward' }] },
  { id: 'mild', name: 'Mild', then: [{ apply: 'encrypt-only' }] },
  { id: 'watch', name: 'Watch', state: 'shadow', then: [{ refuse: 'Never.' }] },
  { id: 'no', name: 'Never <b>', when: { subject: { contains: 'secret bird' } }, then: [{ refuse: 'Not by mail.' }] },
  { id: 'asleep', name: 'Asleep', state: 'off', then: [{ refuse: 'Never.' }] },
  { id: 'waits', name: 'Waits', when: { subject: { contains: 'unheard of' } }, then: [{ apply: 'encrypt-only' }] },
];

describeEngines('what rules met', (engine) => {
  let running: Running;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    admin = await signInByAddress(running, 'admin@example.com');
    const made = await api.sendJson('/policy', { format: 1, rules }, { 'if-match': '*' }, 'PUT');
    assert.equal(made.status, 200, made.text);
  });
  after(() => running.stop());

  const mail = (subject: string) =>
    submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw: plainMail({ subject }) });
  const told = async (): Promise<Record<string, unknown>> => {
    const { json, text } = await api.get('/rules/hits');
    const list: unknown = json['rules'];
    assert.ok(Array.isArray(list), text);
    return Object.fromEntries(
      list.map((one: Record<string, unknown>) => [
        String(one['rule']),
        [one['applied'], one['idle'], one['refused'], one['shadow']],
      ]),
    );
  };
  const count = (most: number) => countFigures(running.store, most);

  test('is told at once: what made a difference, what did not, what refused and what only watched', async () => {
    assert.match(await mail('Hello'), /^250 /);
    assert.match(await mail('The contract'), /^250 /);
    assert.match(await mail('A secret bird'), /^554 /);
    assert.deepEqual(await told(), {
      strict: [1, 0, 0, 0],
      // Nobody else asked for anything of the first; of the second the strict one asked for more; the third was refused.
      mild: [0, 3, 0, 0],
      watch: [0, 0, 0, 3],
      no: [0, 0, 1, 0],
      asleep: [0, 0, 0, 0],
      waits: [0, 0, 0, 0],
    });
    const { text } = await admin.get('/admin/policy');
    assert.match(text, /3 hits in 30 days: 3 changed nothing/);
    assert.match(text, /1 hit in 30 days: 1 refused the mail/);
    assert.match(text, /No hit in 30 days/);
  });

  test('is counted once, whoever counts at the same time while mail comes in by two programs', async () => {
    const second = await startSecond(running);
    const { key } = await makeKey(running, { scopes: ['messages:send'] });
    const other = new ApiClient(second.url, key);
    const from = 'alice@example.com';
    try {
      const byMail = Array.from({ length: 6 }, (_, n) => mail(`The contract ${n}`));
      const byCall = Array.from({ length: 6 }, (_, n) =>
        other.sendJson('/messages', { from, to: ['bob@recipient.example'], subject: `Another contract ${n}` }),
      );
      await Promise.all([500, 500, 3, 3, 7].map(count));
      for (const answer of await Promise.all(byMail)) assert.match(answer, /^250 /);
      for (const answer of await Promise.all(byCall)) assert.equal(answer.status, 201, answer.text);
      await Promise.all([count(5), count(5), count(5)]);
      while ((await count(3)) > 0);
    } finally {
      await second.stop();
    }
    const expected = { strict: [13, 0, 0, 0], mild: [0, 15, 0, 0], watch: [0, 0, 0, 15], no: [0, 0, 1, 0] };
    assert.deepEqual(await told(), { ...expected, asleep: [0, 0, 0, 0], waits: [0, 0, 0, 0] });
    const rows = await ruleDaysSince(running.store.db, '2000-01-01');
    assert.deepEqual(Object.fromEntries(rows.map((row) => [`${row.rule_id} ${row.effect}`, row.count])), {
      'strict applied': 13,
      'mild idle': 15,
      'watch shadow': 15,
      'no refused': 1,
    });
  });

  test('leads to the messages behind it, and from there to the audit log', async () => {
    const { text, status } = await admin.get('/admin/policy/rules/strict/hits');
    assert.equal(status, 200);
    const [, id = ''] = /audit\?message&#x3D;([0-9a-z]{26})"/.exec(text) ?? [];
    const audit = await admin.get(`/admin/audit?message=${id}`);
    assert.match(audit.text, /Message taken in/);
    assert.match(audit.text, /strict applied/);
    const refused = await admin.get('/admin/audit?event=message-refused');
    assert.match(refused.text, /Never &lt;b&gt;/);
    assert.doesNotMatch(refused.text, /recipient\.example|secret bird/);
  });

  test('has no page for what never was, and none for who may not see it', async () => {
    assert.equal((await admin.get('/admin/policy/rules/unknown/hits')).status, 404);
    assert.equal((await admin.get('/admin/policy/rules/%3Cb%3E/hits')).status, 404);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get('/admin/policy/rules/strict/hits')).status, 404);
    const sender = await makeClient(running, { scopes: ['messages:send'] });
    assert.equal((await sender.get('/rules/hits')).status, 403);
    assert.equal((await api.get('/rules/hits?days=0')).status, 422);
  });

  test('stays when the rule goes', async () => {
    await api.sendJson('/rules', { rules: rules.slice(1) }, { 'if-match': '*' }, 'PUT');
    assert.deepEqual((await told())['strict'], [13, 0, 0, 0]);
    assert.match((await admin.get('/admin/policy/rules/strict/hits')).text, /There is no such rule any more/);
  });
});
