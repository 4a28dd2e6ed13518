// What outlives the database: a message that was shredded stays so, whatever older database is put in its place, and the
// start says that it is an older one.

import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { copyDatabase } from '../../server/db/backup.ts';
import type { MessagesTable } from '../../server/db/tables/messages.ts';
import type { Tombstone } from '../../server/messages/tombstone.ts';
import { createLearner } from '../../server/shredding/learn.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import { witnessFile } from '../../server/shredding/witness-file.ts';
import { createWitness } from '../../server/shredding/witness.ts';
import { tidyWitness } from '../../server/shredding/tidy-witness.ts';
import { sealpost } from '../support/command.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running, StartOptions } from '../support/program.ts';

describe('the witness', () => {
  let folder: string;
  let running: Running;
  let witness: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealpost-witness-'));
    running = await start();
    ({ witness } = running.config);
  });
  afterEach(async () => {
    await running.program.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (more: Partial<StartOptions> = {}): Promise<Running> => {
    const dataDir = join(folder, 'data');
    await mkdir(dataDir, { recursive: true });
    return startProgram({ dataDir, env: { KEYRING: join(folder, 'keyring.json') }, ...more });
  };
  const restart = async (between: () => Promise<unknown>): Promise<void> => {
    const { clock } = running;
    await running.program.close();
    await between();
    running = await start({ clock });
  };
  const copyNow = (): (() => Promise<void>) => {
    const copy = join(folder, 'older.db');
    copyDatabase(databaseOf(running), copy);
    return async () => {
      for (const suffix of ['-wal', '-shm']) await rm(`${databaseOf(running)}${suffix}`, { force: true });
      await copyFile(copy, databaseOf(running));
    };
  };

  test('shreds again what an older database brings back, and the start and doctor say how old it is', async () => {
    const gone = await send(running, { text: 'Shredded.', parts: [{ content: Buffer.alloc(100_000), name: 'x' }] });
    const stays = await send(running, { text: 'Stays.' });
    const bringBack = copyNow();
    const last = await lastEntry(running);
    await bindShredder(running.store).destroy(gone, { actor: 'somebody' });
    await restart(async () => {
      await bringBack();
      const env = { DATA_DIR: running.dataDir, KEYRING: join(folder, 'keyring.json') };
      const { out, code } = await sealpost(env, 'doctor');
      assert.match(out, new RegExp(`failed +witness +the database went back in time: it is as it was at ${last.at}`));
      assert.match(out, /taken back since then, and not destroyed, is open again: see \/sent/);
      assert.equal(code, 1);
    });
    assert.equal((await rowOf(running, gone)).wrapped_key, null);
    assert.ok((await rowOf(running, stays)).wrapped_key);
    const [said, ...more] = linesOf(running, 'database.back-in-time');
    assert.deepEqual([said?.['level'], said?.['since'], said?.['count'], more], ['warn', last.at, 1, []]);
    assert.match(String(said?.['reason']), /taken back since then, and not destroyed, is open again/);
    assert.match(String(said?.['until']), /^\d{4}-\d\d-\d\dT/);
    assert.equal((await eventsOf(running)).filter((event) => event === 'database-back-in-time').length, 1);

    await restart(async () => {});
    assert.deepEqual(linesOf(running, 'database.back-in-time'), [], 'it is said once');
    assert.equal((await rowOf(running, gone)).wrapped_key, null);
  });

  test('also shreds again what had expired, though the older database still gives it time', async () => {
    const id = await send(running, { text: 'Shredded.' });
    const bringBack = copyNow();
    await running.store.db
      .updateTable('messages')
      .set({ expires_at: '2020-01-01T00:00:00.000Z' })
      .where('id', '=', id)
      .execute();
    assert.equal(await bindShredder(running.store).shredExpired(10), 1);
    await restart(bringBack);
    assert.equal((await rowOf(running, id)).wrapped_key, null);
  });

  test('knows another history from a longer one', async () => {
    const bringBack = copyNow();
    await send(running, {});
    await restart(async () => {
      await bringBack();
      // Somebody ran the older database without its witness, and more happened there than here.
      const elsewhere = await start({ env: { KEYRING: join(folder, 'keyring.json'), WITNESS: join(folder, 'other') } });
      for (let n = 0; n < 5; n += 1) await send(elsewhere, {});
      await elsewhere.program.close();
    });
    assert.equal(linesOf(running, 'database.back-in-time').length, 1);
  });

  test('finishes a shredding that the process did not live to commit', async () => {
    const id = await send(running, {});
    const { key_id: keyId } = await rowOf(running, id);
    const at = '2026-01-01T00:00:00.000Z';
    await running.store.witness.remember([{ messageId: id, at, reason: 'destroyed', keyId }]);
    await restart(async () => {});
    assert.equal((await rowOf(running, id)).wrapped_key, null);
    assert.deepEqual(linesOf(running, 'database.back-in-time'), []);
  });

  test('is durable before a message is shredded, and a message is not shredded without it', async () => {
    const id = await send(running, {});
    await rm(witness);
    await mkdir(witness);
    await assert.rejects(bindShredder(running.store).destroy(id, {}), { code: 'EISDIR' });
    assert.ok((await rowOf(running, id)).wrapped_key);
    assert.equal(await stoneCount(running), 0);
    await rm(witness, { recursive: true });
  });

  test('is for its owner only, and lies beside the keyring', async () => {
    assert.equal(witness, join(folder, 'keyring.json.witness'));
    await send(running, {});
    await bindShredder(running.store).destroy(await send(running, {}), {});
    assert.equal((await stat(witness)).mode & 0o777, 0o600);
  });

  test('bears a line that was cut off while it was written', async () => {
    const id = await send(running, {});
    await bindShredder(running.store).destroy(id, {});
    await restart(() => appendFile(witness, 'eyJhbGciOiJFZERTQSIsInR5cCI6InNlYWxwb3N0'));
    const other = await send(running, {});
    await bindShredder(running.store).destroy(other, {});
    const memory = await running.store.witness.recall();
    assert.deepEqual(
      memory?.loose.map(({ messageId }) => messageId),
      [id, other],
    );
  });

  for (const [what, change] of [
    ['a changed byte', (text: string) => `${text.slice(0, 100)}${text[100] === 'A' ? 'B' : 'A'}${text.slice(101)}`],
    ['a foreign line', (text: string) => `${text}nothing of ours\n`],
    ['a line of another keyring', (text: string, foreign: string) => `${text}${foreign}`],
  ] as const) {
    test(`does not let the program start with ${what}, and says what to do`, async () => {
      await bindShredder(running.store).destroy(await send(running, {}), {});
      const stranger = await startProgram();
      await bindShredder(stranger.store).destroy(await send(stranger, {}), {});
      const foreign = await readFile(stranger.config.witness, 'utf8').finally(() => stranger.stop());
      const whole = await readFile(witness, 'utf8');
      await restart(async () => {
        await writeFile(witness, change(whole, foreign));
        await assert.rejects(start(), { name: 'WitnessFault', message: /Bring it back from its copy/ });
        await writeFile(witness, whole);
      });
    });
  }

  test('is begun anew from the database when it is lost, and its loss is said', async () => {
    const id = await send(running, {});
    const bringBack = copyNow();
    await bindShredder(running.store).destroy(id, {});
    await restart(() => rm(witness));
    assert.equal(linesOf(running, 'witness.missing').length, 1);
    await restart(bringBack);
    assert.equal((await rowOf(running, id)).wrapped_key, null);
    assert.deepEqual(linesOf(running, 'witness.missing'), []);
  });

  for (const [what, text] of [
    ['empty', ''],
    ['a torn line without a whole one', 'garbage of a broken disk'],
  ] as const) {
    test(`that is ${what} counts as lost, to doctor and to the start, until the loss is accepted`, async () => {
      const id = await send(running, {});
      const bringBack = copyNow();
      await bindShredder(running.store).destroy(id, {});
      const env = { DATA_DIR: running.dataDir, KEYRING: join(folder, 'keyring.json') };
      const doctor = async (): Promise<string> =>
        /^.* witness .*$/m.exec((await sealpost(env, 'doctor')).out)?.[0] ?? '';
      await restart(async () => {
        await writeFile(witness, text);
        assert.match(await doctor(), /^failed +witness +\S+ is missing or empty; bring it back from its copy/);
      });
      const [said, ...more] = linesOf(running, 'witness.missing');
      assert.deepEqual([said?.['level'], more], ['warn', []]);
      assert.match(String(said?.['reason']), /^It is missing or empty, .* npx sealpost witness accept$/);
      assert.match(await doctor(), /^failed +witness +remembers since 20.* only, .* npx sealpost witness accept$/);
      await tidyWitness(running.store);
      assert.match((await sealpost(env, 'witness', 'accept')).out, /^Accepted/);
      assert.match((await sealpost(env, 'witness', 'accept')).out, /^There is no loss/);
      assert.match(await doctor(), /^ok +witness/);
      await restart(bringBack);
      assert.equal((await rowOf(running, id)).wrapped_key, null);
      assert.deepEqual(linesOf(running, 'witness.missing'), []);
    });
  }

  test('that holds only what a command shredded after its loss counts as lost, and keeps that', async () => {
    const id = await send(running, {});
    const { key_id: keyId } = await rowOf(running, id);
    await restart(async () => {
      await rm(witness);
      const at = '2026-01-01T00:00:00.000Z';
      const { signer } = running.store;
      await createWitness(witnessFile(witness), signer).remember([{ messageId: id, at, reason: 'destroyed', keyId }]);
    });
    assert.equal(linesOf(running, 'witness.missing').length, 1);
    assert.equal((await rowOf(running, id)).wrapped_key, null);
  });

  test('of one machine learns from the database what another has shredded, once', async () => {
    const { db, signer } = running.store;
    const other = createWitness(witnessFile(join(folder, 'other.witness')), signer);
    const learn = createLearner({ db, signer, witness: other }, '');
    const first = await send(running, {});
    await bindShredder(running.store).destroy(first, {});
    await learn();
    running.clock.forward(60 * MINUTE_MS);
    const second = await send(running, {});
    await bindShredder(running.store).destroy(second, {});
    for (let n = 0; n < 3; n += 1) await learn();
    const ids = (await other.recall())?.loose.map(({ messageId }) => messageId);
    assert.deepEqual(ids, [first, second]);
    await db
      .updateTable('tombstones')
      .set({ signed: 'x.y.z', message_id: 'x' })
      .where('message_id', '=', second)
      .execute();
    await assert.rejects(learn(), { name: 'SealBroken' });
  });

  test('stays short, and forgets what no backup can bring back', async () => {
    const old = await send(running, {});
    await bindShredder(running.store).destroy(old, {});
    const young = await send(running, {});
    const { witness: kept } = running.store;
    for (let seq = 1; seq < 520; seq += 1) await kept.mark({ seq, at: '2026-01-01T00:00:00.000Z', hash: 'x' });
    assert.ok(kept.isLong());
    await tidyWitness(running.store);
    assert.ok(!kept.isLong());
    running.clock.forward(4_381 * DAY_MS);
    await bindShredder(running.store).destroy(young, {});
    await tidyWitness(running.store);
    const memory = await kept.recall();
    const settled: Tombstone[] = [];
    for await (const some of memory?.settled() ?? []) settled.push(...some);
    assert.deepEqual([settled.map(({ messageId }) => messageId), memory?.loose], [[young], []]);
    assert.equal((await readFile(witness, 'utf8')).split('\n').length, 4);
    assert.deepEqual(memory?.mark?.hash, (await lastEntry(running)).hash);
  });
});

function databaseOf({ dataDir }: Running): string {
  return join(dataDir, 'sealpost.db');
}

function rowOf({ store }: Running, id: string): Promise<MessagesTable> {
  return store.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function stoneCount({ store }: Running): Promise<number> {
  return (await store.db.selectFrom('tombstones').select('message_id').execute()).length;
}

function lastEntry({ store }: Running): Promise<{ at: string; hash: string }> {
  return store.db.selectFrom('audit').select(['at', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow();
}

async function eventsOf({ store }: Running): Promise<string[]> {
  return (await store.db.selectFrom('audit').select('event').execute()).map(({ event }) => event);
}

/** The log's lines of this event. */
function linesOf(running: Running, event: string): Record<string, unknown>[] {
  return running
    .logged()
    .split('\n')
    .filter((line) => line.includes(`"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
