// Signed statements about the audit log: what is cut off its end, and what was removed in its time, on both engines.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appendAudit } from '../../server/audit/audit.store.ts';
import { loadAuditHead } from '../../server/audit/audit-head.store.ts';
import type { AuditPoint } from '../../server/audit/audit-head.store.ts';
import { keepCheckpoint } from '../../server/audit/checkpoints.store.ts';
import { trimAudit } from '../../server/audit/trim.store.ts';
import { verifyAudit } from '../../server/audit/verify-audit.ts';
import { DAY_MS, isoNow } from '../../server/core/clock.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const NOW = '9999-12-31T23:59:59.999Z';
const EVER = '';

describeEngines('statements about the audit log', (engine) => {
  let running: Running;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    await tell(6);
  });
  after(() => running.stop());

  async function tell(count: number): Promise<void> {
    const { db, vault } = running.store;
    for (let n = 0; n < count; n += 1) {
      const details = { address: 'alice@example.com', network: '192.0.2.1', n };
      await inTransaction(db, (tx) => appendAudit(vault, tx, { event: 'code-asked', details }));
    }
  }

  const head = async (): Promise<AuditPoint> => (await loadAuditHead(running.store.db)) ?? assert.fail('nothing in it');

  /** What the check says while somebody has changed the tables; they are put back afterwards. */
  async function verdictWhile(change: () => Promise<unknown>, mark?: AuditPoint) {
    const { db } = running.store;
    const [entries, statements] = [
      await db.selectFrom('audit').selectAll().orderBy('seq').execute(),
      await db.selectFrom('audit_checkpoints').selectAll().execute(),
    ];
    await change();
    const verdict = await verifyAudit(running.store, mark);
    await db.deleteFrom('audit').execute();
    await db.deleteFrom('audit_checkpoints').execute();
    await db.insertInto('audit').values(entries).execute();
    if (statements.length > 0) await db.insertInto('audit_checkpoints').values(statements).execute();
    return verdict;
  }

  const removeFrom = (seq: number) => running.store.db.deleteFrom('audit').where('seq', '>=', seq).execute();

  test('an end that was cut off is named, by a memory outside of the database', async () => {
    const mark = await head();
    assert.deepEqual(await verdictWhile(() => removeFrom(mark.seq - 1), mark), {
      holds: false,
      brokenAt: mark.seq - 1,
      why: 'cut-off',
    });
    assert.equal((await verdictWhile(() => Promise.resolve(), mark)).holds, true);
    const other = { ...mark, hash: 'another' };
    assert.deepEqual(await verdictWhile(() => Promise.resolve(), other), {
      holds: false,
      brokenAt: mark.seq,
      why: 'edited',
    });
  });

  test('a checkpoint is signed once there is something new, and remembers where the end was', async () => {
    const { signer, db } = running.store;
    assert.equal(await keepCheckpoint(signer, db, EVER), true);
    assert.equal(await keepCheckpoint(signer, db, NOW), false, 'nothing new');
    const { seq } = await head();
    assert.deepEqual(await verdictWhile(() => removeFrom(seq)), { holds: false, brokenAt: seq, why: 'cut-off' });
    const verdict = await verifyAudit(running.store);
    assert.equal(verdict.holds && verdict.checkpoints, 1);
    await tell(1);
    assert.equal(await keepCheckpoint(signer, db, EVER), false, 'the last one is young, and no thousand entries ago');
    assert.equal(await keepCheckpoint(signer, db, NOW), true);
  });

  test('a checkpoint that nobody here signed, or that was moved, is named', async () => {
    const { db } = running.store;
    const { seq } = await head();
    const forge = (signed: string) => () =>
      db.updateTable('audit_checkpoints').set({ signed }).where('seq', '=', seq).execute();
    assert.deepEqual(await verdictWhile(forge('e30.e30.AAAA')), { holds: false, brokenAt: seq, why: 'statement' });
    const [first] = await db.selectFrom('audit_checkpoints').select('signed').orderBy('seq').execute();
    assert.deepEqual(await verdictWhile(forge(first?.signed ?? '')), { holds: false, brokenAt: seq, why: 'statement' });
  });

  test('what is removed in its time leaves a statement, from which the chain goes on', async () => {
    const { db, vault, signer } = running.store;
    const before = await head();
    const deps = { db, vault, signer, markedSeq: before.seq };
    assert.equal(await trimAudit(deps, isoNow(running.clock, -DAY_MS), 3), 0, 'nothing is old enough');
    assert.equal(await trimAudit(deps, NOW, 3), 3);
    const verdict = await verifyAudit(running.store, before);
    assert.deepEqual(verdict, { holds: true, entries: before.seq - 3 + 1, checkpoints: 2, cutAt: 3 });
    await trimAudit(deps, NOW, 500);
    assert.equal((await verifyAudit(running.store, before)).holds, true, 'what is remembered outside stays');
    const left = await db.selectFrom('audit').select(['seq', 'event']).orderBy('seq').execute();
    assert.equal(left[0]?.seq, before.seq);
    assert.deepEqual([...new Set(left.slice(1).map(({ event }) => event))], ['audit-trimmed']);
  });

  test('without such a statement, and with one of another kind, it is broken at its beginning', async () => {
    const { db } = running.store;
    const cut = await db
      .selectFrom('audit_checkpoints')
      .selectAll()
      .where('kind', '=', 'cut')
      .executeTakeFirstOrThrow();
    assert.deepEqual(await verdictWhile(() => db.deleteFrom('audit_checkpoints').execute()), {
      holds: false,
      brokenAt: 1,
      why: 'edited',
    });
    // Somebody removes more, and passes a checkpoint off as the statement that it was time.
    const { seq } = await head();
    const asCut = async (): Promise<void> => {
      await keepCheckpoint(running.store.signer, db, NOW);
      await db.deleteFrom('audit_checkpoints').where('kind', '=', 'cut').execute();
      await db.updateTable('audit_checkpoints').set({ kind: 'cut' }).where('seq', '=', seq).execute();
      await db.deleteFrom('audit').where('seq', '<=', seq).execute();
    };
    assert.deepEqual(await verdictWhile(asCut), { holds: false, brokenAt: seq, why: 'statement' });
    assert.equal(cut.seq < seq, true);
  });
});

test('of a network as much is kept as the setting says', async () => {
  const kept = async (setting: string) => {
    const running = await startProgram({ env: { AUDIT_NETWORKS: setting } });
    const { db, vault } = running.store;
    try {
      for (const network of ['198.51.100.77', '2001:db8:1:2::/64']) {
        const details = { address: 'bob@recipient.example', network };
        await inTransaction(db, (tx) => appendAudit(vault, tx, { event: 'code-asked', details }));
      }
      const { readAudit } = await import('../../server/audit/audit-list.store.ts');
      const found: unknown[] = [];
      for await (const { details } of readAudit(vault.keyring, db)) found.push(details);
      return found.map((details) => (details as Record<string, unknown>)['network']);
    } finally {
      await running.stop();
    }
  };
  assert.deepEqual(await kept('full'), ['198.51.100.77', '2001:db8:1:2::/64']);
  assert.deepEqual(await kept('shortened'), ['198.51.100.0/24', '2001:db8:1::/48']);
  assert.deepEqual(await kept('none'), [undefined, undefined]);
});
