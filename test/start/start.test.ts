// Starting the program by its own command: what an operator meets when something is in the way.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const command = join(import.meta.dirname, '../../server/cli/sealpost.mjs');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('sealpost start', () => {
  let dir = '';
  let env: NodeJS.ProcessEnv = {};

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-start-'));
    env = {
      PATH: process.env['PATH'],
      DATA_DIR: join(dir, 'data'),
      HTTP_LISTEN: '127.0.0.1:0',
      SMTP_LISTEN: '127.0.0.1:0',
    };
  });
  after(() => rm(dir, { recursive: true, force: true }));

  function start(more: NodeJS.ProcessEnv): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [command, 'start'],
        { cwd: dir, env: { ...env, ...more }, timeout: 30_000 },
        (error, out, err) => {
          resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, out, err });
        },
      );
    });
  }

  test('needs no setting, says where it is, and ends when told to', async () => {
    const child = spawn(process.execPath, [command, 'start'], { cwd: dir, env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
      // Once: a second signal means "at once".
      if (!child.killed && out.includes('npm run try')) child.kill('SIGTERM');
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.match(out, /Portal +http:\/\/localhost/);
    assert.match(out, /SMTP +127\.0\.0\.1:\d+/);
  });

  test('says in one line that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    assert.ok(address !== null && typeof address === 'object');
    const { code, err } = await start({ HTTP_LISTEN: `127.0.0.1:${address.port}` });
    other.close();
    assert.equal(code, 1);
    assert.match(err, /^Something else listens on 127\.0\.0\.1:\d+ already\..*\n$/);
  });

  test('says in one line that the keyring is none, or open to others', async () => {
    const keyring = join(dir, 'bad-keyring.json');
    await writeFile(keyring, 'not a keyring', { mode: 0o600 });
    const bad = await start({ KEYRING: keyring });
    assert.equal(bad.code, 1);
    assert.equal(bad.err.trimEnd().split('\n').length, 1, bad.err);
    await chmod(keyring, 0o666);
    const open = await start({ KEYRING: keyring });
    assert.equal(open.code, 1);
    assert.equal(open.err.trimEnd().split('\n').length, 1, open.err);
  });

  test('says in one line that the keyring is lost, and makes no new one over an old database', async () => {
    const data = join(dir, 'lost');
    await mkdir(data);
    await writeFile(join(data, 'sealpost.db'), '');
    const { code, err } = await start({ DATA_DIR: data });
    assert.equal(code, 1);
    assert.match(err, /^The keyring cannot be used: it is missing, but the database is there; .*\n$/);
    assert.equal(existsSync(join(data, 'keyring.json')), false);
  });

  test('says in one line that the database is none', async () => {
    const file = join(dir, 'none.db');
    await writeFile(file, 'this is not a database, and long enough to be looked at as one');
    const { code, err } = await start({ DATABASE_URL: `sqlite:${file}` });
    assert.equal(code, 1);
    assert.match(err, /^The database cannot be read \(SQLITE_NOTADB\)\. .*\n$/);
  });

  test('lists every fault of the settings at once', async () => {
    const { code, err } = await start({
      MESSAGE_BYTES_MAX: 'much',
      PASSCODE_MINUTES: '0',
      ORG_DOMAINS: 'not a domain',
    });
    assert.equal(code, 1);
    for (const name of ['MESSAGE_BYTES_MAX', 'PASSCODE_MINUTES', 'ORG_DOMAINS']) assert.match(err, new RegExp(name));
  });

  test('refuses try-out mode in production and lists what production needs', async () => {
    const { code, err } = await start({ NODE_ENV: 'production' });
    assert.equal(code, 1);
    for (const name of ['RELAY_URL', 'PUBLIC_URL', 'ORG_DOMAINS', 'ADMINS', 'SMTP_TLS_CERT_FILE'])
      assert.match(err, new RegExp(name));
  });
});
