// A mail while it arrives: a large one lies in a file without a name, sealed, and goes with the process.

import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../server/core/clock.ts';
import { limits } from '../../server/core/limits.ts';
import { SealBroken } from '../../server/crypto/seal-broken.ts';
import { sha256 } from '../../server/crypto/digest.ts';
import type { MailSource } from '../../server/mail/parse.ts';
import { spool } from '../../server/ingest/spool.ts';

const MB = 1024 * 1024;
const LINE = 'a line of the secret mail\r\n';
const skip = process.platform === 'linux' ? false : 'open files are looked at by /proc, on Linux only';

describe('a spooled mail', () => {
  let dir = '';
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const mailOf = (bytes: number): Buffer => Buffer.alloc(bytes, LINE);

  for (const bytes of [0, 1, limits.spoolMemoryBytesMax, limits.spoolMemoryBytesMax + 1, 3 * MB]) {
    test(`of ${bytes} bytes comes out as it went in`, async () => {
      const mail = mailOf(bytes);
      const spooled = await spool(dir, systemClock, pieces(mail, 10_007));
      assert.equal(spooled.sizeBytes, bytes);
      assert.equal(spooled.digest, sha256(mail).toString('base64url'));
      assert.ok(Buffer.concat(await all(spooled.read())).equals(mail));
      await spooled.close();
    });
  }

  test('lies in no file while it is small', { skip }, async () => {
    const spooled = await spool(dir, systemClock, pieces(mailOf(limits.spoolMemoryBytesMax), 65_536));
    assert.deepEqual(await openFiles(dir), []);
    await spooled.close();
  });

  test(
    'lies in a file without a name and without a readable line when it is large, until it is closed',
    { skip },
    async () => {
      const spooled = await spool(dir, systemClock, pieces(mailOf(3 * MB), 65_536));
      assert.deepEqual(await readdir(dir), []);
      const files = await openFiles(dir);
      assert.equal(files.length, 1);
      const bytes = await readFile(files[0] ?? '');
      assert.ok(bytes.length > 3 * MB);
      assert.ok(!bytes.includes('secret'));
      await spooled.close();
      assert.deepEqual(await openFiles(dir), []);
    },
  );

  test('is gone when it was cut off, and its file is closed', { skip }, async () => {
    await assert.rejects(spool(dir, systemClock, cutOff(mailOf(2 * MB))), /cut off/);
    assert.deepEqual(await openFiles(dir), []);
    assert.deepEqual(await readdir(dir), []);
  });

  test('is not read when somebody has changed its file', { skip }, async () => {
    const spooled = await spool(dir, systemClock, pieces(mailOf(2 * MB), 65_536));
    const [path = ''] = await openFiles(dir);
    const file = await open(path, 'r+');
    await file.write(Buffer.from('x'), 0, 1, 1_500_000);
    await file.close();
    await assert.rejects(all(spooled.read()), SealBroken);
    await spooled.close();
  });
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* cutOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* pieces(bytes, 65_536);
  throw new Error('cut off');
}

async function all(source: MailSource): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const piece of source) found.push(piece);
  return found;
}

/** Paths under which the files in `dir` that this process holds open can be read, named or not: proc(5). */
async function openFiles(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const fd of await readdir('/proc/self/fd')) {
    const path = `/proc/self/fd/${fd}`;
    const target = await readlink(path).catch(() => '');
    if (target.startsWith(`${dir}/`)) found.push(path);
  }
  return found;
}
