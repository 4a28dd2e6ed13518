// Shredding where two machines share a real PostgreSQL: each message is shredded once, and either machine remembers it.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { DAY_MS } from '../../server/core/clock.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import { send } from '../support/mime.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import type { Postgres } from '../support/postgres.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const missing = postgresMissing();

describe('two machines on one PostgreSQL', { skip: missing ?? false }, () => {
  let postgres: Postgres;
  let folder: string;

  before(async () => {
    postgres = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), 'sealpost-machines-'));
  });
  after(async () => {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  });

  const machine = async (name: string, database: string): Promise<Running> => {
    const dataDir = join(folder, name);
    await mkdir(dataDir, { recursive: true });
    const env = {
      DATABASE_URL: database,
      BLOB_URL: `file:${join(folder, 'blobs')}`,
      KEYRING: join(folder, 'keyring.json'),
      WITNESS: join(folder, `${name}.witness`),
    };
    return startProgram({ dataDir, env, keep: true });
  };

  test('shred what is over once, however they meet', async () => {
    const url = await postgres.newDatabase();
    const machines = [await machine('one', url), await machine('two', url)];
    const [one] = machines;
    assert.ok(one);
    const { db } = one.store;
    const model = await send(one, {}).then((id) =>
      db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );
    const count = 150;
    for (let n = 0; n < count; n += 1) {
      const id = `0${String(n).padStart(25, '0')}`;
      await db
        .insertInto('messages')
        .values({ ...model, id, thread_id: id, repeat_index: id })
        .execute();
    }
    for (const { clock } of machines) clock.forward(60 * DAY_MS);
    const counts = await Promise.all(
      machines.map(async ({ store }) => {
        let shredded = 0;
        for (let rounds = 0; rounds < 6; rounds += 1) shredded += await bindShredder(store).shredExpired(500);
        return shredded;
      }),
    );
    assert.equal(
      counts.reduce((sum, some) => sum + some),
      count + 1,
    );
    const told = await db.selectFrom('audit').select('message_id').where('event', '=', 'message-expired').execute();
    assert.equal(new Set(told.map(({ message_id }) => message_id)).size, count + 1);
    assert.equal(told.length, count + 1);
    for (const one of machines) await one.stop();
  });

  test('both remember what one of them shredded, whichever starts first on an older database', async () => {
    const url = await postgres.newDatabase();
    const first = await machine('three', url);
    const id = await send(first, { text: 'Shredded.' });
    await first.stop();
    const older = await copyOf(url);
    const [one, two] = [await machine('three', url), await machine('four', url)];
    await bindShredder(one.store).destroy(id, {});
    await one.stop();
    await two.stop();

    const again = await machine('four', older);
    try {
      const row = await again.store.db
        .selectFrom('messages')
        .select(['wrapped_key', 'destroyed_at'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      assert.equal(row.wrapped_key, null);
      assert.match(again.logged(), /"database\.back-in-time"/);
    } finally {
      await again.stop();
    }
  });

  /** The database as it is now, under another name. */
  async function copyOf(original: string): Promise<string> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    try {
      await client.query(`create database older template "${new URL(original).pathname.slice(1)}"`);
    } finally {
      await client.end();
    }
    return original.replace(/[^/]+$/, 'older');
  }
});
