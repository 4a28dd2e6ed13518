// Sealed bytes in S3 when S3 goes wrong: what passes is tried again, what does not is said, nothing is half there,
// and no secret is in what is said.

import { strict as assert } from 'node:assert';
import { globalAgent } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { openBlobs } from '../../server/blobs/open.ts';
import { openS3Blobs } from '../../server/blobs/s3.ts';
import type { Blobs } from '../../server/blobs/blobs.ts';
import { PART_BYTES } from '../../server/blobs/staged-object.ts';
import { HOUR_MS } from '../../server/core/clock.ts';
import { hasCode } from '../../server/core/errors.ts';
import { asWeather } from '../../server/core/weather.ts';
import { operatorWords } from '../../server/operator-words.ts';
import { startS3 } from '../support/s3.ts';
import type { TestS3 } from '../support/s3.ts';
import { patternOf, readAll, store } from './blob-bytes.ts';

const id = '01k0000000000000000000001a';
const otherId = '01k0000000000000000000002b';
const patience = { tries: 3, answerMs: 1_000, waitMs: 1 };
const large = patternOf(PART_BYTES + 100_000);

describe('S3 that goes wrong', () => {
  let s3: TestS3;
  let blobs: Blobs;
  before(async () => {
    s3 = await startS3();
    blobs = await openS3Blobs(s3.place, s3.credentials, patience);
  });
  after(() => s3.close());
  afterEach(async () => {
    s3.fault = undefined;
    for (const one of [id, otherId]) await blobs.remove(one);
    await sweepAfterKill();
    s3.requests.length = 0;
  });

  /** As the next process finds it: it knows nothing of what this one was writing. */
  const sweepAfterKill = async (before = Number.POSITIVE_INFINITY): Promise<number> =>
    (await openS3Blobs(s3.place, s3.credentials, patience)).sweepStaging(before);

  /** Each request that fits fails so, this many times. */
  const fail = (times: number, fits: RegExp, how: (res: ServerResponse, req: IncomingMessage) => void): void => {
    let left = times;
    s3.fault = (req, res) => {
      if (left === 0 || !fits.test(`${req.method ?? ''} ${req.url ?? ''}`)) return false;
      left -= 1;
      req.resume();
      how(res, req);
      return true;
    };
  };
  const answer =
    (status: number, code: string) =>
    (res: ServerResponse): void => {
      res.writeHead(status, { 'content-type': 'application/xml' });
      res.end(`<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>secret words</Message></Error>`);
    };
  const dropLine = (res: ServerResponse): void => void res.destroy();

  for (const [name, how] of [
    ['500', answer(500, 'InternalError')],
    ['503', answer(503, 'SlowDown')],
    ['a dropped line', dropLine],
  ] as const) {
    it(`is asked again after ${name}, and has the whole blob once`, async () => {
      for (const content of [Buffer.from('small'), large]) {
        fail(2, /^(?:PUT|POST)/, how);
        await store(blobs, id, content);
        fail(2, /^GET/, how);
        assert.ok((await readAll(blobs.read(id))).equals(content));
        assert.deepEqual(await s3.uploads(), []);
      }
    });

    it(`is given up after a third ${name}, and has nothing that can be read`, async () => {
      for (const [content, fits] of [
        [Buffer.from('small'), /^PUT/],
        [large, /^POST.*uploadId=/],
      ] as const) {
        fail(3, fits, how);
        const staged = await blobs.stage(id);
        await staged.write(content);
        await assert.rejects(staged.commit(), { name: 'S3Fault', passes: true });
        await staged.discard();
        assert.equal(await blobs.look(id), undefined);
        assert.deepEqual(await s3.uploads(), []);
      }
    });
  }

  it('holds no connection for what is not there', async () => {
    const { port } = new URL(s3.place.endpoint);
    for (let n = 0; n < 5; n += 1) await assert.rejects(readAll(blobs.read(id)), { code: 'ENOENT' });
    const held = Object.entries(globalAgent.sockets).flatMap(([name, sockets]) =>
      name.includes(`:${port}:`) ? (sockets ?? []).filter(({ destroyed }) => !destroyed) : [],
    );
    assert.equal(held.length, 0);
  });

  it('that did what it could not confirm leaves no blob behind', async () => {
    const staged = await blobs.stage(id);
    await staged.write(Buffer.from('small'));
    fail(3, /^PUT/, dropLine);
    await assert.rejects(staged.commit(), { name: 'S3Fault' });
    await store(blobs, id, Buffer.from('small')); // what one of the three came to
    await staged.discard();
    assert.equal(await blobs.look(id), undefined);
  });

  it('that completed a large blob and lost the answer is believed when the blob is there, whole', async () => {
    let passed = false;
    fail(1, /^POST.*uploadId=/, (res, req) => {
      passed = true;
      void completeOver(req).finally(() => res.destroy());
    });
    const completeOver = async (req: IncomingMessage): Promise<void> => {
      const [, uploadId = ''] = /uploadId=(\w+)/.exec(req.url ?? '') ?? [];
      await s3.complete(uploadId);
    };
    await store(blobs, id, large);
    assert.ok(passed);
    assert.ok((await readAll(blobs.read(id))).equals(large));
  });

  it('that lost an upload is not believed', async () => {
    const staged = await blobs.stage(id);
    await staged.write(large);
    assert.equal(await sweepAfterKill(), 1);
    await assert.rejects(staged.commit(), { code: 'NoSuchUpload' });
    await staged.discard();

    const other = await blobs.stage(otherId);
    await other.write(large);
    fail(1, /^POST.*uploadId=/, answer(404, 'NoSuchUpload'));
    await assert.rejects(other.commit(), { code: 'NoSuchUpload' });
    await other.discard();
  });

  it('that says 200 and then that it failed is not believed', async () => {
    fail(3, /^POST.*uploadId=/, answer(200, 'InternalError'));
    const staged = await blobs.stage(id);
    await staged.write(large);
    await assert.rejects(staged.commit(), { code: 'InternalError' });
    await staged.discard();
  });

  it('is read on from where the line was dropped, whenever it was', async () => {
    await store(blobs, id, large);
    let reads = 0;
    s3.fault = (req, res) => {
      reads += 1;
      const start = Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
      const rest = large.subarray(start);
      res.writeHead(start === 0 ? 200 : 206, {
        'content-length': rest.length,
        'content-range': `bytes ${start}-${large.length - 1}/${large.length}`,
      });
      res.write(rest.subarray(0, 1_000_000));
      if (rest.length <= 1_000_000) res.end();
      else setTimeout(() => res.destroy(), 20);
      return true;
    };
    assert.ok((await readAll(blobs.read(id))).equals(large));
    assert.ok(reads > 3, 'more often than an answer that brings nothing would be asked for again');
  });

  for (const [name, range, headers] of [
    ['another length', undefined, { 'content-length': '7' }],
    ['no length', undefined, {}],
    ['another range', { start: 4, end: 8 }, { 'content-range': 'bytes 0-3/10' }],
    ['less of a range than was asked for', { start: 4, end: 8 }, { 'content-range': 'bytes 4-6/10' }],
    ['all of it instead of a range', { start: 4, end: 8 }, {}],
  ] as const) {
    it(`that answers with ${name} is not taken for the blob`, async () => {
      await store(blobs, id, Buffer.from('0123456789'));
      s3.fault = (_req, res) => {
        res.writeHead('content-range' in headers ? 206 : 200, headers);
        res.write('0123');
        setTimeout(() => (name === 'another length' ? res.destroy() : res.end()), 20);
        return true;
      };
      await assert.rejects(readAll(blobs.read(id, range)), { name: 'S3Fault' });
    });
  }

  it('that answers nothing is given up in time, also in the middle', async () => {
    await store(blobs, id, Buffer.from('0123456789'));
    const quick = await openS3Blobs(s3.place, s3.credentials, { tries: 2, answerMs: 50, waitMs: 1 });
    s3.fault = () => true;
    await assert.rejects(readAll(quick.read(id)), { code: 'timeout' });
    s3.fault = (req, res) => {
      const head = { 'content-length': '10', 'content-range': 'bytes 0-9/10' };
      res.writeHead(req.headers.range === undefined ? 200 : 206, head).flushHeaders();
      return true;
    };
    await assert.rejects(readAll(quick.read(id)), { code: 'timeout' });
  });

  it('is not followed elsewhere', async () => {
    const elsewhere = await startS3();
    try {
      fail(9, /^/, (res, req) => {
        res.writeHead(307, { location: `${elsewhere.place.endpoint}${req.url ?? ''}` }).end();
      });
      const staged = await blobs.stage(id);
      await staged.write(Buffer.from('sealed'));
      await assert.rejects(staged.commit(), { code: 'status 307', passes: false });
      await assert.rejects(readAll(blobs.read(id)), { code: 'status 307' });
      assert.deepEqual(elsewhere.requests, []);
    } finally {
      await elsewhere.close();
    }
  });

  it('refuses wrong credentials, and nothing that is said of it holds a secret', async () => {
    const { accessKeyId } = s3.credentials;
    for (const [wrong, code] of [
      [{ accessKeyId, secretAccessKey: 'a-wrong-secret' }, 'SignatureDoesNotMatch'],
      [{ accessKeyId: 'SOMEBODY', secretAccessKey: 'a-wrong-secret', sessionToken: 'a-token' }, 'InvalidAccessKeyId'],
    ] as const) {
      const stranger = await openBlobs({ kind: 's3', ...s3.place }, wrong);
      for (const work of [() => stranger.check(), () => readAll(stranger.read(id)), () => stranger.list()]) {
        await assert.rejects(work, (error) => {
          assert.match(operatorWords(error) ?? '', new RegExp(`^S3 did not do what was asked \\(.*: ${code}\\)\\.$`));
          assert.doesNotMatch(
            inspect(error, { depth: 9, showHidden: true }),
            /a-wrong-secret|a-token|SOMEBODY|Signature=/,
          );
          return true;
        });
      }
      s3.requests.length = 0;
      await assert.rejects(stranger.look(id));
      assert.equal(s3.requests.length, 1, 'what does not pass is not asked for again');
    }
  });

  it('that cannot be reached is said to be so', async () => {
    const gone = await startS3();
    await gone.close();
    const nowhere = await openS3Blobs(gone.place, gone.credentials, patience);
    await assert.rejects(nowhere.check(), (error) => hasCode(error, 'ECONNREFUSED') && asWeather(error) !== undefined);
    await assert.rejects(readAll(nowhere.read(id)), { code: 'ECONNREFUSED' });
  });

  it('is not checked with patience: one try and no more', async () => {
    fail(9, /^PUT/, answer(503, 'SlowDown'));
    await assert.rejects(blobs.check(), { code: 'SlowDown' });
    assert.equal(s3.requests.length, 1);
  });

  it('has what a killed process left half written swept by its age, and no upload of another prefix', async () => {
    const neighbour = await openS3Blobs({ ...s3.place, prefix: 'portal/other/' }, s3.credentials, patience);
    for (const [where, name] of [
      [blobs, id],
      [blobs, otherId],
      [neighbour, id],
    ] as const) {
      await (await where.stage(name)).write(large);
    }
    assert.equal(await blobs.sweepStaging(Number.POSITIVE_INFINITY), 0, 'what is being written is spared');
    const longAgoMs = Date.now() - HOUR_MS;
    await s3.ageUpload(`portal/${id}`, longAgoMs);
    await s3.ageUpload(`portal/other/${id}`, longAgoMs);
    assert.equal(await sweepAfterKill(Date.now() - HOUR_MS / 2), 1);
    assert.deepEqual((await s3.uploads()).sort(), [`portal/${otherId}`, `portal/other/${id}`]);
  });

  it('that neither lists nor aborts uploads is lived with', async () => {
    await (await blobs.stage(id)).write(large);
    fail(9, /^(?:GET.*uploads=|DELETE.*uploadId=)/, answer(501, 'NotImplemented'));
    assert.equal(await sweepAfterKill(), 0);
    const staged = await blobs.stage(otherId);
    await staged.write(large);
    await staged.discard();
    assert.equal(await blobs.look(otherId), undefined);
  });

  it('gets a small blob in one request, and a large one part by part, holding no more than a part', async () => {
    await store(blobs, id, Buffer.alloc(PART_BYTES));
    assert.deepEqual(s3.requests, [`PUT /sealpost-test/portal/${id}`]);
    s3.requests.length = 0;
    const staged = await blobs.stage(otherId);
    for (let n = 0; n < 3; n += 1) await staged.write(Buffer.alloc(PART_BYTES));
    const parts = s3.requests.filter((line) => /^PUT .*partNumber=/.test(line));
    assert.equal(parts.length, 2);
    await staged.discard();
  });
});
