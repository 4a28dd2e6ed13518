// Sealed bytes in files: what is kept, what is thrown away, and what an id can never reach.

import { strict as assert } from 'node:assert';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { openFileBlobs } from '../../server/blobs/files.ts';
import type { Blobs } from '../../server/blobs/files.ts';
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

describe('a blob', () => {
  it('is read back as it was written, after its commit', async () => {
    const staged = await blobs.stage(id);
    assert.equal(staged.id, id);
    await staged.write(Buffer.from('sealed '));
    await staged.write(Buffer.alloc(600_000, 'x'));
    await staged.write(Buffer.from(' bytes'));
    await staged.commit();
    const read = await readAll(blobs.read(id));
    assert.equal(read.length, 600_013);
    assert.equal(`${read.subarray(0, 8).toString()}…${read.subarray(-7).toString()}`, 'sealed x…x bytes');
    assert.deepEqual(await readdir(staging), []);
  });

  it('may be empty', async () => {
    await (await blobs.stage(id)).commit();
    assert.equal((await readAll(blobs.read(id))).length, 0);
  });

  it('cannot be read before its commit, nor when it never was', async () => {
    const staged = await blobs.stage(id);
    await staged.write(Buffer.from('not yet'));
    await assert.rejects(readAll(blobs.read(id)), { code: 'ENOENT' });
    await assert.rejects(readAll(blobs.read(otherId)), { code: 'ENOENT' });
    await staged.discard();
  });

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

  it('is read in ranges', async () => {
    await store(id, Buffer.from('0123456789'));
    const range = async (start: number, end: number): Promise<string> =>
      (await readAll(blobs.read(id, { start, end }))).toString();
    assert.equal(await range(0, 10), '0123456789');
    assert.equal(await range(3, 5), '34');
    assert.equal(await range(8, 99), '89');
    assert.equal(await range(4, 4), '');
    assert.equal(await range(20, 30), '');
  });

  it('is removed, and being gone already is no error', async () => {
    await store(id, Buffer.from('x'));
    await store(otherId, Buffer.from('y'));
    await blobs.remove(id);
    await blobs.remove(id);
    await assert.rejects(readAll(blobs.read(id)), { code: 'ENOENT' });
    assert.equal((await readAll(blobs.read(otherId))).toString(), 'y');
  });

  it('lies in a store that is itself durable', { skip: !canTraceSyncs }, async () => {
    const syncs = await traceSyncs(() => openFileBlobs(join(folder, 'new')));
    assert.deepEqual(
      syncs.map(({ path }) => path),
      [join(folder, 'new'), folder],
    );
  });

  it('survives the store being opened again', async () => {
    await store(id, Buffer.from('x'));
    assert.equal((await readAll((await openFileBlobs(root)).read(id))).toString(), 'x');
  });
});

describe('a blob that is not finished', () => {
  it('leaves nothing when it is discarded', async () => {
    const staged = await blobs.stage(id);
    await staged.write(Buffer.from('x'));
    await staged.discard();
    await staged.discard();
    assert.deepEqual(await readdir(staging), []);
    await assert.rejects(staged.write(Buffer.from('y')), TypeError);
    await assert.rejects(staged.commit(), TypeError);
  });

  it('stays when it was committed first', async () => {
    const staged = await blobs.stage(id);
    await staged.write(Buffer.from('x'));
    await staged.commit();
    await staged.discard();
    assert.equal((await readAll(blobs.read(id))).toString(), 'x');
    await assert.rejects(staged.write(Buffer.from('y')), TypeError);
    await assert.rejects(staged.commit(), TypeError);
  });

  it('passes on the error of a commit that failed, and can still be discarded', async () => {
    await writeFile(join(root, '1a'), 'a file where the folder should be');
    const staged = await blobs.stage(id);
    await assert.rejects(staged.commit(), { code: 'EEXIST' });
    await staged.discard();
    assert.deepEqual(await readdir(staging), []);
  });

  it('is not touched by an earlier one of the same id that is discarded again', async () => {
    const first = await blobs.stage(id);
    await first.discard();
    const second = await blobs.stage(id);
    await first.discard();
    await second.write(Buffer.from('second'));
    await second.commit();
    assert.equal((await readAll(blobs.read(id))).toString(), 'second');
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
    assert.equal(await blobs.sweepStaging(), 1);
    assert.equal(await blobs.sweepStaging(), 0);
    await staged.write(Buffer.from('here'));
    await staged.commit();
    assert.equal((await readAll(blobs.read(id))).toString(), 'still here');
    assert.equal(await blobs.sweepStaging(), 0, 'what is committed is not touched');
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

describe('a name that is no id', () => {
  it('reaches no file', async () => {
    await mkdir(join(folder, 'pt'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    const names = [
      '',
      '..',
      '../secret.txt',
      `../${id}`,
      `${id}/..`,
      id.toUpperCase(),
      `${id}\0`,
      `${id.slice(0, -1)}/`,
      '/etc/passwd',
    ];
    for (const name of names) {
      await assert.rejects(blobs.stage(name), TypeError, name);
      await assert.rejects(blobs.remove(name), TypeError, name);
      assert.throws(() => blobs.read(name), TypeError, name);
    }
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

async function store(name: string, content: Buffer): Promise<void> {
  const staged = await blobs.stage(name);
  await staged.write(content);
  await staged.commit();
}

async function readAll(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}
