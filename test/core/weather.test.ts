// What may be there again in a moment is told from what stays wrong, whoever says it and however deep.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { S3Fault } from '../../server/blobs/s3-fault.ts';
import { AppError } from '../../server/core/errors.ts';
import { asStorageFull } from '../../server/core/storage-full.ts';
import { asWeather } from '../../server/core/weather.ts';
import { CommitUnknown } from '../../server/db/engine.ts';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('a fault is weather', () => {
  test('when its code says that something is away or busy', () => {
    const codes = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', '57P01', '57P02', '57P03', '08006'];
    for (const code of [...codes, '08001', '53300', '55P03', '57014', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT']) {
      assert.equal(asWeather(coded(code))?.code, 'server/unavailable', code);
    }
  });

  test('when pg says without a code that the connection is gone', () => {
    for (const words of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) {
      assert.equal(asWeather(new Error(words))?.code, 'server/unavailable', words);
    }
  });

  test('when S3 may do it the next time, and when what it caused is what was caught', () => {
    assert.ok(asWeather(new S3Fault('PUT object', 'SlowDown', true)));
    assert.equal(asWeather(new S3Fault('PUT object', 'AccessDenied', false)), undefined);
    assert.ok(asWeather(new CommitUnknown(new Error('outer', { cause: coded('57P01') }))));
  });

  test('and neither a full disk, nor a bug, nor a refusal, nor words that only sound like it', () => {
    for (const error of [
      coded('ENOENT'),
      coded('23505'),
      coded('28P01'),
      coded('SQLITE_CORRUPT'),
      new TypeError('the Connection terminated'),
      new AppError('request/malformed', 'Connection refused'),
      { code: 'ECONNREFUSED' },
      undefined,
    ]) {
      assert.equal(asWeather(error), undefined);
    }
    assert.equal(asStorageFull(coded('53100'))?.code, 'server/storage-full');
  });
});
