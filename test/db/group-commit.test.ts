// Writers who share a commit: each is answered after it, and none suffers for another.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { inTransaction, openDatabase } from '../../server/db/engine.ts';
import { hasCode } from '../../server/core/errors.ts';
import { GroupCommit } from '../../server/db/group-commit.ts';
import { loadMark, setMark } from '../../server/db/marks.ts';
import { migrate } from '../../server/db/migrate.ts';

describe('writers to one SQLite file', () => {
  let dir: string;
  let database: Database.Database;
  let ran: string[];
  let turns: GroupCommit;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sealpost-turns-'));
    database = new Database(join(dir, 'file.db'));
    database.pragma('journal_mode = WAL');
    database.pragma('busy_timeout = 0');
    database.exec('create table notes (n integer primary key, text blob)');
    ran = [];
    const own = database; // a commit that an earlier test planned must not meet the next one's file
    turns = new GroupCommit({
      exec: (sql) => {
        ran.push(sql);
        own.exec(sql);
      },
      get inTransaction() {
        return own.inTransaction;
      },
    });
  });

  afterEach(() => {
    turns.close();
    database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const note = (n: number, bytes = 10): unknown =>
    database.prepare('insert into notes values (?, zeroblob(?))').run(n, bytes);
  const write = async (n: number, bytes?: number): Promise<void> => {
    const turn = await turns.begin();
    try {
      note(n, bytes);
    } catch (error) {
      turn.failed(error);
      turn.rollback();
      throw error;
    }
    await turn.commit();
  };
  const commits = (): number => ran.filter((sql) => sql === 'commit').length;
  const kept = (from = database): number[] => from.prepare('select n from notes order by n').pluck().all() as number[];

  test('who come in one round share one commit', async () => {
    await Promise.all([1, 2, 3, 4, 5].map((n) => write(n)));
    assert.deepEqual(kept(), [1, 2, 3, 4, 5]);
    assert.equal(commits(), 1);
  });

  test('who come later have a commit of their own', async () => {
    await write(1);
    await write(2);
    assert.equal(commits(), 2);
  });

  test('wait the longer for another the more they are, and one alone does not', async () => {
    const threeRounds = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const five = Promise.all([1, 2, 3, 4, 5].map((n) => write(n)));
    await threeRounds();
    await Promise.all([five, write(6)]);
    assert.equal(commits(), 1);
    const alone = write(7);
    await threeRounds();
    await Promise.all([alone, write(8)]);
    assert.equal(commits(), 3);
  });

  test('are not answered before the commit', async () => {
    const other = new Database(join(dir, 'file.db'));
    const seenAtAnswer = await Promise.all([1, 2, 3].map((n) => write(n).then(() => kept(other))));
    assert.deepEqual(
      seenAtAnswer.map((seen) => seen.length),
      [3, 3, 3],
    );
    other.close();
  });

  test('who give up undo their own work only', async () => {
    const results = await Promise.allSettled([write(1), write(1), write(2)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(kept(), [1, 2]);
  });

  test('all hear of it when the disk is full, and go on when there is room', async () => {
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 4}`);
    const results = await Promise.allSettled([write(1), write(2, 1_000_000), write(3)]);
    const answered = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index + 1] : []));
    assert.equal(results[1].status, 'rejected');
    for (const result of results) {
      if (result.status === 'rejected')
        assert.equal(hasCode(result.reason, 'SQLITE_FULL'), true, String(result.reason));
    }
    assert.deepEqual(kept(), answered, 'exactly what was answered is there');
    database.pragma('max_page_count = 1000000');
    await write(4, 1_000_000);
    assert.deepEqual(kept(), [...answered, 4]);
  });

  test('hear the fault of the one for whom SQLite ended the transaction of all', async () => {
    const [first, second] = [await turns.begin(), write(2)];
    note(1);
    const stored = first.commit();
    const third = turns.begin();
    await third.then((turn) => {
      database.exec('rollback');
      turn.failed(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }));
      turn.rollback();
    });
    for (const outcome of await Promise.allSettled([stored, second])) {
      assert.ok(outcome.status === 'rejected' && hasCode(outcome.reason, 'SQLITE_FULL'));
    }
    assert.deepEqual(kept(), []);
  });

  test('are all refused when the commit fails, and nothing of theirs is left', async () => {
    const realExec = database.exec.bind(database);
    let failures = 1;
    database.exec = (sql) => {
      if (sql === 'commit' && failures-- > 0)
        throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
      return realExec(sql);
    };
    const results = await Promise.allSettled([write(1), write(2)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(kept(), []);
    await write(3);
    assert.deepEqual(kept(), [3]);
  });

  test('are all undone when one of them cannot be undone alone', async () => {
    const realExec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql === 'rollback to turn') throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
      return realExec(sql);
    };
    const results = await Promise.allSettled([write(1), write(1), write(2)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(kept(), [2]);
  });

  test('leave nothing half done when the file is closed', async () => {
    const first = write(1);
    const turn = await turns.begin();
    note(2);
    const waiting = write(3);
    turns.close();
    await first;
    await assert.rejects(waiting, /closed/);
    await assert.rejects(turn.commit(), /lost/);
    assert.deepEqual(kept(), [1]);
  });

  test('wait for another process without holding up this one', async () => {
    const other = new Database(join(dir, 'file.db'));
    other.exec('begin immediate');
    const written = write(1);
    let rounds = 0;
    while (rounds < 20) {
      await new Promise((resolve) => setImmediate(resolve));
      rounds += 1;
    }
    other.exec('commit');
    await written;
    assert.deepEqual(kept(other), [1]);
    other.close();
  });

  test('let nobody be in a transaction while a pragma works alone', async () => {
    const [, inTransaction] = await Promise.all([write(1), turns.alone(() => database.inTransaction), write(2)]);
    assert.equal(inTransaction, false);
    assert.deepEqual(kept(), [1, 2]);
  });

  test('many of them do not keep the first waiting for ever', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, n) => write(n)));
    assert.equal(kept().length, 300);
    assert.ok(commits() >= 3, 'a group has an end');
  });
});

test('nothing is written for a transaction that SQLite has ended by itself', async () => {
  const db = openDatabase({ kind: 'sqlite', file: ':memory:' });
  await migrate(db);
  const lost = inTransaction(db, async (tx) => {
    await sql`rollback`.execute(tx);
    await setMark(tx, 'late', 'yes');
  });
  await assert.rejects(lost, /lost/);
  assert.equal(await loadMark(db, 'late'), undefined);
  await db.destroy();
});

test('a column that another process adds stands in the rows of a query that ran before', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sealpost-columns-'));
  const file = join(dir, 'file.db');
  const db = openDatabase({ kind: 'sqlite', file });
  await migrate(db);
  await setMark(db, 'one', '1');
  const rows = (): Promise<object[]> => db.selectFrom('marks').selectAll().where('name', '=', 'one').execute();
  assert.deepEqual(await rows(), [{ name: 'one', value: '1' }]);
  const other = new Database(file);
  other.exec("alter table marks add column more text default 'x'");
  assert.deepEqual(await rows(), [{ name: 'one', value: '1', more: 'x' }]);
  other.close();
  await db.destroy();
  rmSync(dir, { recursive: true, force: true });
});
