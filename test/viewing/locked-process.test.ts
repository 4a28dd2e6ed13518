// What a program that opens hostile files can reach: as little as the machine lets us arrange.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { canIsolate, runLocked } from '../../server/viewing/locked-process.ts';
import { eventually } from '../support/eventually.ts';
import type { LockedCommand, LockedEnd } from '../../server/viewing/locked-process.ts';

const MB = 1024 * 1024;
const isolated = await canIsolate();
const skip = isolated ? false : 'SKIPPED: this machine lets nobody make namespaces (unshare)';
if (skip !== false) console.warn(skip);

function run(script: string, more: Partial<LockedCommand> = {}): Promise<LockedEnd> {
  return runLocked({
    file: 'sh',
    args: ['-c', script],
    readable: [],
    budgetMs: 20_000,
    memoryBytesMax: 1_024 * MB,
    isolated: false,
    ...more,
  });
}

async function said(script: string, more: Partial<LockedCommand> = {}): Promise<string> {
  const end = await run(script, more);
  return end.ended === 'well' ? end.answer.toString() : end.ended;
}

for (const how of isolated ? [false, true] : [false]) {
  describe(how ? 'isolated' : 'not isolated', () => {
    const more = { isolated: how };

    test('it gets its input, and its answer comes back', async () => {
      const input = [Buffer.from('one '), Buffer.alloc(300_000, 'x')];
      const end = await run('cat >&3', { ...more, input });
      assert.ok(end.ended === 'well' && end.answer.equals(Buffer.concat(input)));
      assert.equal(await said('exit 3', more), 'crash');
      assert.equal(await said('sh -c "kill -SEGV \\$\\$"', more), 'crash');
    });

    test('it has nothing of our environment', async () => {
      process.env['SEALPOST_TEST_SECRET'] = 'in the environment';
      try {
        const lines = (await said('env >&3', more)).trim().split('\n');
        assert.deepEqual(lines.map((line) => line.split('=')[0]).toSorted(), ['HOME', 'PATH', 'PWD', 'TMPDIR']);
      } finally {
        delete process.env['SEALPOST_TEST_SECRET'];
      }
    });

    test('its time ends, with everything that it began', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sealpost-view-test-'));
      const name = `sleep 98765.${process.pid}`;
      assert.equal(await said(`${name} & ${name} & wait`, { ...more, folder, budgetMs: 1_000 }), 'time');
      await eventually(() => !listProcesses().includes(name));
      assert.equal(await said(`${name} & exit 0`, { ...more, folder }), '', 'also what it left behind');
      await eventually(() => !listProcesses().includes(name));
      await rm(folder, { recursive: true });
    });

    test('its memory and its answer have an end', async () => {
      const script = 'const all = []; for (;;) all.push(Buffer.alloc(16e6, 1));';
      const end = await run('', {
        ...more,
        file: process.execPath,
        args: ['-e', script],
        readable: [process.execPath],
        memoryBytesMax: 300 * MB,
      });
      assert.equal(end.ended, 'crash');
      assert.equal(await said('cat /dev/zero >&3 2>/dev/null || cat /dev/urandom >&3', more), 'too-much');
    });

    test('it is ended when the program is', async () => {
      const stop = new AbortController();
      const end = run('sleep 60', { ...more, signal: stop.signal });
      stop.abort();
      assert.equal((await end).ended, 'crash');
    });
  });
}

describe('isolated', { skip }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealpost-view-test-'));
    await writeFile(join(folder, 'secret'), 'the secret');
  });
  after(() => rm(folder, { recursive: true }));

  test('it sees no file but programs, what it is shown, and its own folder', async () => {
    const own = await mkdtemp(join(tmpdir(), 'sealpost-view-test-'));
    const seen = (path: string): Promise<string> =>
      said(`cat ${path} >&3 2>/dev/null`, { isolated: true, folder: own });
    for (const path of [
      join(folder, 'secret'),
      '/etc/passwd',
      '/proc/1/environ',
      `/old${folder}/secret`,
      import.meta.filename,
    ])
      assert.doesNotMatch(await seen(path), /secret|root:|PATH=.*node|import/, path);
    assert.equal(await said('ls / >&3', { isolated: true }).then((all) => all.includes('home')), false);
    const shown = await said(`cat ${folder}/secret >&3`, { isolated: true, readable: [folder] });
    assert.equal(shown, 'the secret', 'what it is shown');
    assert.equal(await said(`echo x > ${folder}/new`, { isolated: true, readable: [folder] }), 'crash', 'read only');
    assert.equal(await said('echo mine > /job/x && cat /job/x >&3', { isolated: true, folder: own }), 'mine\n');
    assert.equal(
      await said('head -c 3000000 /dev/zero > /job/y', { isolated: true, folder: own }),
      'crash',
      'too large',
    );
    await rm(own, { recursive: true });
  });

  test('it reaches nobody over the network, not even this machine', async () => {
    const server = createServer((socket) => socket.end('reached')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const script = `require('net').connect(${port}, '127.0.0.1').on('data', (data) => require('fs').writeSync(3, data)).on('error', (e) => require('fs').writeSync(3, e.code))`;
    const ask = async (isolated: boolean): Promise<string> => {
      const end = await run('', {
        file: process.execPath,
        args: ['-e', script],
        readable: [process.execPath],
        isolated,
      });
      return end.ended === 'well' ? end.answer.toString() : end.ended;
    };
    assert.equal(await ask(false), 'reached');
    assert.match(await ask(true), /^E(?:NETUNREACH|CONNREFUSED|ADDRNOTAVAIL)$/);
    server.close();
  });

  test('it has no rights over anything, whoever runs it', async () => {
    const status = await said('cat /proc/self/status >&3', { isolated: true });
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapInh', 'CapAmb'])
      assert.match(status, new RegExp(`^${set}:\\t0000000000000000$`, 'm'));
    assert.match(status, /^NoNewPrivs:\t1$/m);
  });
});

/** The command lines of all processes there are. */
function listProcesses(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // it has ended meanwhile
      }
    })
    .join('\n');
}
