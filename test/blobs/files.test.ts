// Sealed bytes in files: who may see them, what is durable when, and what a crash leaves. What every store does
// stands in contract.test.ts.

import { strict as assert } from 'node:assert';
import { chmod, mkdir, mkdtemp, open, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import type { Blobs } from '../../server/blobs/blobs.ts';
import { openFileBlobs } from '../../server/blobs/files.ts';
import { Appender } from '../../server/blobs/appender.ts';
import { readAll } from './blob-bytes.ts';
import { canTraceSyncs, traceSyncs } from './trace-syncs.ts';

const folder = await mkdtemp(join(tmpdir(), 'sealpost-blobs-'));
const root = join(folder, 'blobs');
const staging = join(root, 'staging');
const id = '01k0000000000000000000001a';
const otherId = '01k0000000000000000000002b';
let blobs: Blobs;

after(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  await rm(root, { recursive: true, force: true });
  blobs = await openFileBlobs(root);
});

const NOBODY = 65_534;
const ALL = Number.POSITIVE_INFINITY;

describe('a blob', () => {
  it('is for its owner only, on its way and afterwards', async () => {
    const staged = await blobs.stage(id);
    assert.equal((await stat(join(staging, id))).mode & 0o777, 0o600);
    await staged.commit();
    assert.equal((await stat(join(root, '1a', id))).mode & 0o777, 0o600);
    for (const path of [root, staging, join(root, '1a')]) assert.equal((await stat(path)).mode & 0o777, 0o700, path);
  });

  it(
    'is durable before its commit returns: all its bytes, then its folder, then its name',
    { skip: !canTraceSyncs },
    async () => {
      const staged = await blobs.stage(id);
      await staged.write(Buffer.from('sealed'));
      const syncs = await traceSyncs(() => staged.commit());
      assert.deepEqual(syncs, [
        { path: join(staging, id), held: 6 },
        { path: root, held: ['1a', 'staging'] },
        { path: join(root, '1a'), held: [id] },
      ]);
    },
  );

  it('lies in a store that is itself durable', { skip: !canTraceSyncs }, async () => {
    const syncs = await traceSyncs(() => openFileBlobs(join(folder, 'new')));
    assert.deepEqual(
      syncs.map(({ path }) => path),
      [join(folder, 'new'), folder],
    );
  });
});

describe('a blob that is not finished', () => {
  it('leaves no file when it is discarded', async () => {
    const staged = await blobs.stage(id);
    await staged.write(Buffer.from('x'));
    await staged.discard();
    assert.deepEqual(await readdir(staging), []);
  });

  it('passes on the error of a commit that failed, and can still be discarded', async () => {
    await writeFile(join(root, '1a'), 'a file where the folder should be');
    const staged = await blobs.stage(id);
    await assert.rejects(staged.commit(), { code: 'EEXIST' });
    await staged.discard();
    assert.deepEqual(await readdir(staging), []);
  });

  it('cannot be begun twice under one id', async () => {
    const staged = await blobs.stage(id);
    await assert.rejects(blobs.stage(id), { code: 'EEXIST' });
    await staged.discard();
  });

  it('is swept away when its process has died, but not while it is being written', async () => {
    await writeFile(join(staging, otherId), 'left by a crash');
    const staged = await blobs.stage(id);
    await staged.write(Buffer.from('still '));
    assert.equal(await blobs.sweepStaging(ALL), 1);
    assert.equal(await blobs.sweepStaging(ALL), 0);
    await staged.write(Buffer.from('here'));
    await staged.commit();
    assert.equal((await readAll(blobs.read(id))).toString(), 'still here');
    assert.equal(await blobs.sweepStaging(ALL), 0, 'what is committed is not touched');
  });

  it('is spared when it changed later than was asked for', async () => {
    await writeFile(join(staging, id), 'old');
    await utimes(join(staging, id), 1_000, 1_000);
    await writeFile(join(staging, otherId), 'young');
    await utimes(join(staging, otherId), 3_000, 3_000);
    assert.equal(await blobs.sweepStaging(2_000_000), 1);
    assert.deepEqual(await readdir(staging), [otherId]);
  });
});

describe('the content of a blob', () => {
  it('is not called durable when the disk failed half-way, though it would tell nobody a second time', async (t) => {
    const file = await open(join(staging, id), 'wx');
    t.after(() => file.close());
    const flushes: Promise<void>[] = [];
    file.datasync = () => {
      const flush = Promise.reject<void>(Object.assign(new Error('the disk'), { code: 'EIO' }));
      flushes.push(flush);
      return flush;
    };
    const content = new Appender(file);
    for (let n = 0; n < 12; n += 1) await content.write([Buffer.alloc(1024 * 1024, n)]);
    await assert.rejects(content.sync(), { code: 'EIO' });
    assert.equal(flushes.length, 1, 'after it nothing is tried that could be taken for a success');
  });
});

describe('a name that is no id', () => {
  it('reaches no file', async () => {
    await mkdir(join(folder, 'pt'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    const name = '../secret.txt';
    await assert.rejects(blobs.stage(name), TypeError);
    await assert.rejects(blobs.remove(name), TypeError);
    assert.throws(() => blobs.read(name), TypeError);
    assert.equal(await readFile(join(folder, 'secret.txt'), 'utf8'), 'secret');
  });
});

describe('the check of the store', () => {
  it('passes when it can be written, and leaves nothing', async () => {
    await blobs.check();
    assert.deepEqual(await readdir(staging), []);
  });

  it('fails when it cannot', async () => {
    await rm(staging, { recursive: true });
    await assert.rejects(blobs.check(), { code: 'ENOENT' });
  });

  it('fails when it may not', async () => {
    await chmod(staging, 0o500);
    // Root may write everywhere, so root becomes nobody for a moment.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      await assert.rejects(blobs.check(), { code: 'EACCES' });
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(staging, 0o700);
    }
  });
});
