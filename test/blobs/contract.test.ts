// What every store of sealed bytes does, whether they lie in files or in S3.

import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Blobs } from '../../server/blobs/blobs.ts';
import { openFileBlobs } from '../../server/blobs/files.ts';
import { openS3Blobs } from '../../server/blobs/s3.ts';
import { PART_BYTES } from '../../server/blobs/staged-object.ts';
import { DAY_MS } from '../../server/core/clock.ts';
import { startS3 } from '../support/s3.ts';
import type { TestS3 } from '../support/s3.ts';
import { patternOf, readAll, store } from './blob-bytes.ts';

const id = '01k0000000000000000000001a';
const otherId = '01k0000000000000000000002b';

interface Place {
  open(): Promise<Blobs>;
  close(): Promise<void>;
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  files: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealpost-blobs-'));
    return { open: () => openFileBlobs(join(folder, 'blobs')), close: () => rm(folder, { recursive: true }) };
  },
  S3: async () => {
    const s3: TestS3 = await startS3();
    return { open: () => openS3Blobs(s3.place, s3.credentials), close: () => s3.close() };
  },
};

for (const [name, makePlace] of Object.entries(places)) {
  describe(`a blob in ${name}`, () => {
    let place: Place;
    let blobs: Blobs;
    before(async () => {
      place = await makePlace();
      blobs = await place.open();
    });
    after(() => place.close());
    beforeEach(async () => {
      for (const one of (await blobs.list()).ids) await blobs.remove(one);
    });

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
    });

    for (const bytes of [PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 4_321]) {
      it(`may have ${bytes} bytes`, async () => {
        const content = patternOf(bytes);
        await store(blobs, id, content);
        assert.ok((await readAll(blobs.read(id))).equals(content));
        assert.equal((await blobs.look(id))?.sizeBytes, bytes);
        const [start, end] = [PART_BYTES - 10, PART_BYTES + 10];
        assert.ok((await readAll(blobs.read(id, { start, end }))).equals(content.subarray(start, end)));
      });
    }

    it('may be empty', async () => {
      await (await blobs.stage(id)).commit();
      assert.equal((await readAll(blobs.read(id))).length, 0);
      assert.equal((await blobs.look(id))?.sizeBytes, 0);
    });

    it('has its pieces in the order they were given, however many at a time', async () => {
      const content = patternOf(3 * 1024 * 1024);
      const pieces = Array.from({ length: 3_000 }, (_, n) => content.subarray(n * 1_000, (n + 1) * 1_000));
      const staged = await blobs.stage(id);
      // Nobody waits for one before the next is given, and there are more than one call of the system takes.
      const written = [staged.write(...pieces.slice(0, 2_500))];
      for (const piece of pieces.slice(2_500)) written.push(staged.write(piece));
      written.push(staged.write(), staged.write(Buffer.alloc(0), content.subarray(3_000_000)));
      await Promise.all(written);
      await staged.commit();
      assert.ok((await readAll(blobs.read(id))).equals(content));
    });

    it('cannot be read before its commit, nor when it never was', async () => {
      const staged = await blobs.stage(id);
      await staged.write(patternOf(PART_BYTES + 1));
      for (const missing of [id, otherId]) {
        await assert.rejects(readAll(blobs.read(missing)), { code: 'ENOENT' });
        await assert.rejects(readAll(blobs.read(missing, { start: 1, end: 2 })), { code: 'ENOENT' });
        assert.equal(await blobs.look(missing), undefined);
      }
      assert.deepEqual((await blobs.list()).ids, []);
      await staged.discard();
    });

    it('is read in ranges', async () => {
      await store(blobs, id, Buffer.from('0123456789'));
      const range = async (start: number, end: number): Promise<string> =>
        (await readAll(blobs.read(id, { start, end }))).toString();
      assert.equal(await range(0, 10), '0123456789');
      assert.equal(await range(3, 5), '34');
      assert.equal(await range(8, 99), '89');
      assert.equal(await range(4, 4), '');
      assert.equal(await range(20, 30), '');
    });

    it('need not be read to its end', async () => {
      await store(blobs, id, patternOf(2_000_000));
      for await (const piece of blobs.read(id)) {
        assert.ok(piece.length < 2_000_000);
        break;
      }
      assert.equal((await readAll(blobs.read(id))).length, 2_000_000);
    });

    it('tells when it was committed', async () => {
      await store(blobs, id, Buffer.from('x'));
      const changedAtMs = (await blobs.look(id))?.changedAtMs ?? 0;
      assert.ok(Math.abs(Date.now() - changedAtMs) < DAY_MS / 24, String(changedAtMs));
    });

    it('is removed, and being gone already is no error', async () => {
      await store(blobs, id, Buffer.from('x'));
      await store(blobs, otherId, Buffer.from('y'));
      await blobs.remove(id);
      await blobs.remove(id);
      await assert.rejects(readAll(blobs.read(id)), { code: 'ENOENT' });
      assert.equal((await readAll(blobs.read(otherId))).toString(), 'y');
    });

    it('survives the store being opened again', async () => {
      await store(blobs, id, Buffer.from('x'));
      assert.equal((await readAll((await place.open()).read(id))).toString(), 'x');
    });

    it('is listed once, on one of several pages', async () => {
      const ids = Array.from({ length: 520 }, (_, n) => `01k000000000000000000${n.toString().padStart(5, '0')}`);
      for (let at = 0; at < ids.length; at += 20) {
        await Promise.all(ids.slice(at, at + 20).map((one) => store(blobs, one, Buffer.from('x'))));
      }
      const found: string[] = [];
      let pages = 0;
      for (let after: string | undefined; pages === 0 || after !== undefined; pages += 1) {
        const page = await blobs.list(after);
        found.push(...page.ids);
        after = page.next;
      }
      assert.deepEqual(found.sort(), ids);
      assert.ok(pages > 1);
    });

    it('leaves nothing when it is discarded', async () => {
      for (const bytes of [1, PART_BYTES + 1]) {
        const staged = await blobs.stage(id);
        await staged.write(patternOf(bytes));
        await staged.discard();
        await staged.discard();
        assert.equal(await blobs.look(id), undefined);
        await assert.rejects(staged.write(Buffer.from('y')), TypeError);
        await assert.rejects(staged.commit(), TypeError);
      }
      assert.equal(await blobs.sweepStaging(Number.POSITIVE_INFINITY), 0);
    });

    it('stays when it was committed before it was discarded', async () => {
      const staged = await blobs.stage(id);
      await staged.write(Buffer.from('x'));
      await staged.commit();
      await staged.discard();
      assert.equal((await readAll(blobs.read(id))).toString(), 'x');
      await assert.rejects(staged.write(Buffer.from('y')), TypeError);
      await assert.rejects(staged.commit(), TypeError);
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

    it('has a name that is an id, and no other', async () => {
      const names = [
        '',
        '..',
        `../${id}`,
        `${id}/..`,
        id.toUpperCase(),
        `${id}\0`,
        `${id.slice(0, -1)}/`,
        '/etc/passwd',
      ];
      for (const wrong of names) {
        await assert.rejects(blobs.stage(wrong), TypeError, wrong);
        await assert.rejects(blobs.remove(wrong), TypeError, wrong);
        await assert.rejects(async () => blobs.look(wrong), TypeError, wrong);
        assert.throws(() => blobs.read(wrong), TypeError, wrong);
      }
    });

    it('lies in a store that can be checked without leaving anything', async () => {
      await blobs.check();
      assert.deepEqual((await blobs.list()).ids, []);
    });
  });
}
