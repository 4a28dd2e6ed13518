// The policy in its store: versions, two who save at once, processes that follow, and a document that cannot be read.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isRefusal } from '../../server/core/errors.ts';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import { PolicyFaults } from '../../server/policy/document-faults.ts';
import { readDocumentText } from '../../server/policy/document-text.ts';
import { insertVersion, newestVersion } from '../../server/rulebook/policies.store.ts';
import { bindRulebook } from '../../server/rulebook/rulebook.ts';
import type { Rulebook } from '../../server/rulebook/rulebook.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { fullDocument } from '../policy/documents.ts';
import { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startSecond } from '../support/second-instance.ts';
import { ApiClient, makeKey } from '../roads/api-client.ts';
import { plainMail, submit } from '../support/submit.ts';

const actor = 'admin@example.com';
const from = 'alice@example.com';
const to = ['bob@recipient.example'];

const refusing = (word: string) => ({
  format: 1,
  rules: [{ id: 'no', name: 'Never', when: { subject: { contains: word } }, then: [{ refuse: 'Not by mail.' }] }],
});

describeEngines('the policy in its store', (engine) => {
  let running: Running;
  let rulebook: Rulebook;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    rulebook = bindBeside(running);
  });
  after(() => running.stop());

  const save = async (value: unknown, note = '') =>
    rulebook.save({ value, basedOn: (await rulebook.newest()).version, actor, note });
  const mail = (subject: string) => submit(running.smtpPort, { from, to, raw: plainMail({ subject }) });

  test('without any version every mail is taken in', async () => {
    assert.equal((await rulebook.newest()).version, 0);
    assert.match(await mail('never'), /^250 /);
  });

  test('each save is a version that says who, when, why and what changed, in the audit log as well', async () => {
    const first = await save(refusing('never'), 'because');
    assert.deepEqual([first.version, first.changed], [1, ['rules.no added']]);
    const second = await save({ ...refusing('nothing'), lists: [{ name: 'birds', words: ['zeisig'] }] });
    assert.deepEqual([second.version, second.changed], [2, ['lists.birds added', 'rules.no.when']]);
    const cards = await rulebook.versions({ limit: 10 });
    assert.deepEqual(
      cards.map(({ version, note, changed }) => [version, note, changed]),
      [
        [2, '', second.changed],
        [1, 'because', first.changed],
      ],
    );
    assert.deepEqual(await rulebook.versions({ limit: 1, before: 2 }), cards.slice(1));
    let last: unknown;
    for await (const { event, details } of readAudit(running.store.keyring, running.store.db)) {
      if (event === 'policy-changed') last = details;
    }
    assert.deepEqual(last, { actor, from: 1, to: 2, changed: second.changed });
    assert.doesNotMatch(JSON.stringify(await running.store.db.selectFrom('policies').select('at').execute()), /zeisig/);
  });

  test('what says the same makes no version', async () => {
    const { version } = await rulebook.newest();
    const again = await save((await rulebook.newest()).value);
    assert.deepEqual([again.version, again.changed], [version, []]);
    assert.equal(await newestVersion(running.store.db), version);
  });

  test('of many who save at once from the same version one wins, and the others are told', async () => {
    const { version } = await rulebook.newest();
    const before = await countOf('policies');
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => rulebook.save({ value: refusing(`race ${n}`), basedOn: version, actor })),
    );
    const won = all.filter(({ status }) => status === 'fulfilled');
    assert.equal(won.length, 1);
    for (const one of all) assert.ok(one.status === 'fulfilled' || isRefusal(one.reason, 'request/outdated'));
    assert.equal(await countOf('policies'), before + 1);
    for (const basedOn of [version, version + 2, 0, -1, 2 ** 40]) {
      await assert.rejects(rulebook.save({ value: refusing('late'), basedOn, actor }), outdated);
    }
    assert.equal(await newestVersion(running.store.db), version + 1);
  });

  test('a document with faults is refused whole, with the path of each', async () => {
    const before = await newestVersion(running.store.db);
    const wrong = {
      format: 1,
      templates: [{ name: 'encrypt-only', title: 'x', rights: [] }],
      rules: [
        { id: 'a', name: 'A', then: [{ apply: 'nowhere' }] },
        { id: 'a', name: 'B', then: [{ brand: 'unheard-of' }] },
      ],
    };
    await assert.rejects(save(wrong), (error: unknown) => {
      assert.ok(error instanceof Error && 'faults' in error && Array.isArray(error.faults));
      const paths = error.faults.map((one: { path: string }) => one.path).toSorted();
      assert.deepEqual(paths, ['rules[0].then[0].apply', 'rules[1].id', 'rules[1].then[0].brand', 'templates[0].name']);
      return true;
    });
    assert.equal(await newestVersion(running.store.db), before);
  });

  test('the way past the portal is saved, in force or in shadow', async () => {
    const bypass = { id: 'past', name: 'Past', then: [{ bypass: { host: 'mx.partner.example' } }] };
    const kept = { name: 'kept', title: 'Kept', rights: ['reply'], reminderDays: 2, retentionDays: 30 };
    await save({ format: 1, templates: [kept], rules: [bypass] });
    await save({ format: 1, templates: [kept], rules: [{ ...bypass, state: 'shadow' }] });
  });

  test('patterns that could run away, and approvers who could not get in, are refused, each with its path', async () => {
    const before = await newestVersion(running.store.db);
    const runaway = '(a{1,500}){1,500}';
    const wrong = {
      format: 1,
      lists: [{ name: 'numbers', pattern: runaway }],
      rules: [
        {
          id: 'a',
          name: 'A',
          when: { any: [{ subject: { matches: runaway } }, { attachment: { name: { matches: '(' } } }] },
          unless: { text: { matches: runaway } },
          then: [{ hold: { approvers: ['pat@example.com', 'eve@elsewhere.example'] } }],
        },
      ],
    };
    await assert.rejects(save(wrong), (error) => {
      assert.ok(error instanceof PolicyFaults);
      assert.deepEqual(
        error.faults.map(({ path }) => path),
        [
          'lists[0].pattern',
          'rules[0].when.any[0].subject.matches',
          'rules[0].when.any[1].attachment.name.matches',
          'rules[0].unless.text.matches',
          'rules[0].then[0].hold.approvers[1]',
        ],
      );
      return true;
    });
    assert.equal(await newestVersion(running.store.db), before);
  });

  test('a secret is kept as its digest and never comes out again', async () => {
    const { version } = await save(readDocumentText(fullDocument));
    const stored = JSON.stringify(await rulebook.version(version));
    assert.doesNotMatch(stored, /a-long-enough-secret/);
    assert.match(stored, /"sha256":"[0-9a-f]{64}"/);
    assert.equal((await save((await rulebook.newest()).value)).version, version);
  });

  test('back to a version is a new version that says what that one said', async () => {
    const { version: basedOn } = await rulebook.newest();
    const saved = await rulebook.goBack(1, { basedOn, actor });
    assert.equal(saved.version, basedOn + 1);
    assert.deepEqual((await rulebook.newest()).value, (await rulebook.version(1)).value);
    assert.equal((await rulebook.newest()).note, 'Back to version 1');
    await assert.rejects(rulebook.goBack(99, { basedOn: saved.version, actor }), notFound);
    await assert.rejects(rulebook.goBack(2, { basedOn, actor }), outdated);
  });

  test('every process goes by what another has saved, and hits are counted with the message', async () => {
    const second = await startSecond(running);
    try {
      const { key } = await makeKey(running, { scopes: ['messages:send'] });
      const other = new ApiClient(second.url, key);
      await save({
        format: 1,
        rules: [
          { id: 'watch', name: 'Watch', state: 'shadow', then: [{ apply: 'do-not-forward' }] },
          { id: 'mark', name: 'Mark', then: [{ apply: 'encrypt-only' }] },
          { id: 'no', name: 'Never', when: { subject: { contains: 'secret bird' } }, then: [{ refuse: 'No.' }] },
        ],
      });
      // Both are told by the database alone: this process's rulebook is not the running program's.
      await eventually(async () => /^554 5\.7\.1 .*Never/.test(await mail('The secret bird')));
      await eventually(
        async () => (await other.sendJson('/messages', { from, to, subject: 'A secret bird' })).status === 422,
      );
      const [, , id = ''] = (await mail('A plain matter')).split(' ');
      const hits = await running.store.db.selectFrom('rule_hits').selectAll().where('message_id', '=', id).execute();
      assert.deepEqual(hits.map(({ rule_id, effect }) => [rule_id, effect]).toSorted(), [
        ['mark', 'applied'],
        ['watch', 'shadow'],
      ]);
    } finally {
      await second.stop();
    }
  });

  test('a document that this program cannot read ends all mail until there is one that it can', async () => {
    const { db, vault } = running.store;
    const { version: basedOn } = await rulebook.newest();
    const value = { format: 1, rules: [], unheardOf: true };
    await inTransaction(db, (tx) => insertVersion(vault, tx, { basedOn, value, actor, note: '', changed: [] }));
    const probe = new Visitor(running.url);
    await eventually(async () => (await mail('Hello')).startsWith('451 '));
    assert.equal((await probe.get('/readyz')).status, 503);
    const next = await startProgram({ dataDir: running.dataDir, keep: true, env: databaseOf(running) });
    try {
      assert.match(await submit(next.smtpPort, { from, to, raw: plainMail({}) }), /^451 /, 'from its start on');
      assert.equal((await new Visitor(next.url).get('/readyz')).status, 503);
      await save(refusing('never'));
      await eventually(async () => (await mail('Hello')).startsWith('250 '));
      await eventually(async () => (await new Visitor(next.url).get('/readyz')).status === 200);
    } finally {
      await next.stop();
    }
  });

  test('a document that was tampered with ends all mail as well', async () => {
    const { db } = running.store;
    await save(refusing('else'));
    const { version } = await rulebook.newest();
    await save(refusing('another'));
    const row = await db
      .selectFrom('policies')
      .select('sealed')
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    // Another version's bytes do not open in this one's place.
    await db
      .updateTable('policies')
      .set({ sealed: row.sealed })
      .where('version', '=', version + 1)
      .execute();
    const next = await startProgram({ dataDir: running.dataDir, keep: true, env: databaseOf(running) });
    try {
      assert.match(await submit(next.smtpPort, { from, to, raw: plainMail({}) }), /^451 /);
    } finally {
      await next.stop();
    }
  });

  async function countOf(table: 'policies'): Promise<number> {
    return (await running.store.db.selectFrom(table).select('version').execute()).length;
  }
});

/** As a command beside the server has it: nothing tells the server but the database. */
function bindBeside({ store, config }: Running): Rulebook {
  const { db, vault } = store;
  return bindRulebook({
    db,
    vault,
    expiryDaysMax: config.expiryDaysMax,
    orgDomains: config.org.domains,
    brands: () => ['default'],
    saved: () => Promise.resolve(),
  });
}

function databaseOf({ config }: Running): Record<string, string> {
  return config.database.kind === 'postgres' ? { DATABASE_URL: config.database.url } : {};
}

function outdated(error: unknown): boolean {
  return isRefusal(error, 'request/outdated');
}

function notFound(error: unknown): boolean {
  return isRefusal(error, 'request/not-found');
}
