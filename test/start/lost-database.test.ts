// A database that is gone is no new beginning: nothing starts beside what it left, and no command makes one by mistake.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '../../server/config.ts';
import { systemClock } from '../../server/core/clock.ts';
import { makeFolder } from '../../server/core/make-folder.ts';
import { openStore } from '../../server/store.ts';
import { sealpost } from '../support/command.ts';
import { describeEngines } from '../support/engines.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';

describeEngines('where there was a database', (engine) => {
  let dir = '';
  let database: { DATABASE_URL?: string } = {};
  const [witness, blobs] = ['keyring.json.witness', 'blobs'];
  const start = () => startProgram({ dataDir: dir, keep: true, env: database });
  const refuses = (left: RegExp) =>
    assert.rejects(start(), (error: Error) => {
      assert.equal(error.name, 'DatabaseLost');
      assert.match(error.message, left);
      assert.match(error.message, /Bring that database back, .* restore a backup\. Only for a new beginning/);
      return true;
    });
  /** Without these, while `work` runs. */
  async function without(names: readonly string[], work: () => Promise<void>): Promise<void> {
    for (const name of names) await rename(join(dir, name), join(dir, `${name}.aside`));
    try {
      await work();
    } finally {
      for (const name of names) await rename(join(dir, `${name}.aside`), join(dir, name));
    }
  }

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-lost-'));
    database = await engine.newDatabase();
    const running = await start();
    await send(running, { parts: [{ content: Buffer.alloc(100_000), name: 'large.bin' }] });
    await running.stop();
    // Lost: the file, or the name of the database.
    database = await engine.newDatabase();
    for (const suffix of ['', '-wal', '-shm']) await rm(join(dir, `sealpost.db${suffix}`), { force: true });
  });
  after(() => rm(dir, { recursive: true, force: true }));

  test('no start and no command begins another, and all say what is left', async () => {
    const keyring = await readFile(join(dir, 'keyring.json'));
    await refuses(/the witness \S+keyring\.json\.witness, sealed files in \S+blobs\. /);
    for (const args of [['start'], ['migrate'], ['api-key', 'create', 'x']]) {
      const { code, out, err } = await sealpost({ DATA_DIR: dir, ...database }, ...args);
      assert.deepEqual([code, out], [1, ''], args.join(' '));
      assert.match(err, /^.* but something is left of an earlier one: the witness .*\n$/);
    }
    assert.deepEqual(await readFile(join(dir, 'keyring.json')), keyring);
    if (engine.name === 'SQLite') {
      assert.ok(!existsSync(join(dir, 'sealpost.db')));
      await writeFile(join(dir, 'sealpost.db'), '');
      await refuses(/the witness/);
    }
  });

  test('either the witness or the sealed files are enough, also without the keyring', async () => {
    await without([witness], () => refuses(/earlier one: sealed files in/));
    await without([blobs, 'keyring.json'], () => refuses(/earlier one: the witness \S+\. /));
    assert.ok(existsSync(join(dir, 'keyring.json')));
  });

  test('a new beginning is possible when both are moved away', async () => {
    await without([witness, blobs], async () => {
      const running = await start();
      await send(running, {});
      await running.stop();
      for (const name of [witness, blobs]) await rm(join(dir, name), { recursive: true });
    });
    // With its own past the database is none that was lost, whatever lies beside it.
    await (await start()).stop();
  });
});

describe('where there is no database', () => {
  let dir = '';
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-none-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  test('a command that only asks or changes something makes none, and no keyring, and says who does', async () => {
    const data = join(dir, 'data');
    for (const args of [
      ['message', 'show', 'x'],
      ['keys', 'add'],
      ['mail', 'test', 'a@example.com'],
      ['clock', 'forget'],
      ['audit', 'verify'],
    ]) {
      const { code, out, err } = await sealpost({ DATA_DIR: data }, ...args);
      assert.deepEqual([code, out], [1, ''], args.join(' '));
      assert.match(
        err,
        /^There is no database in \S+\/data\/sealpost\.db\. Look at DATA_DIR .*: npx sealpost start\n$/,
      );
    }
    assert.deepEqual(await readdir(dir), []);
    await mkdir(data);
    await writeFile(join(data, 'sealpost.db'), '');
    const config = loadConfig({ DATA_DIR: data });
    await assert.rejects(openStore(config, systemClock, { mayBegin: false }), { name: 'NoDatabase' });
    assert.deepEqual(await readdir(data), ['sealpost.db']);
  });

  test('a folder in which nothing can be made ends the start in one line', async () => {
    const { code, err } = await sealpost({ DATA_DIR: '/proc/none/deeper' }, 'start');
    assert.equal(code, 1);
    assert.match(err, /^The folder \/proc\/none cannot be made \(ENOENT\)\.\n$/);
    await makeFolder(join(dir, 'a', 'b', 'c'));
    await makeFolder(join(dir, 'a', 'b', 'c'));
    await writeFile(join(dir, 'file'), '');
    await assert.rejects(makeFolder(join(dir, 'file')), { code: 'EEXIST' });
    await assert.rejects(makeFolder(join(dir, 'file', 'under')), { code: 'ENOTDIR' });
  });
});
