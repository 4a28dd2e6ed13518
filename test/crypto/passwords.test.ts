// The slow hashes and their queue.

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { hash } from 'argon2';
import { AppError } from '../../server/core/errors.ts';
import { createHasher } from '../../server/crypto/passwords.ts';

const pepper = Buffer.alloc(32, 9);
const salt = Buffer.alloc(16, 1);
const hasher = createHasher({ pepper, parallel: 2, queueMax: 100 });

describe('the hash of a sign-in code', () => {
  it('depends on code, salt and pepper, and on nothing else', async () => {
    const other = createHasher({ pepper: Buffer.alloc(32, 8), parallel: 1, queueMax: 0 });
    const first = await hasher.hashCode('12345678', salt);
    assert.equal(first.length, 32);
    assert.ok(first.equals(await hasher.hashCode('12345678', salt)));
    assert.ok(!first.equals(await hasher.hashCode('12345679', salt)), 'another code');
    assert.ok(!first.equals(await hasher.hashCode('12345678', Buffer.alloc(16, 2))), 'another salt');
    assert.ok(!first.equals(await other.hashCode('12345678', salt)), 'another pepper');
  });

  it('costs what was decided: argon2id, 19 MiB, two passes, one lane', async () => {
    const told = { memoryCost: 19_456, timeCost: 2, parallelism: 1, hashLength: 32, raw: true } as const;
    const expected = await hash('12345678', { ...told, type: 2, salt, secret: pepper });
    assert.ok(expected.equals(await hasher.hashCode('12345678', salt)));
  });
});

describe('an encoded password', () => {
  it('is verified, and only the right password passes', async () => {
    const encoded = await hasher.hashEncoded('correct horse');
    assert.match(encoded, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(await hasher.hashEncoded('correct horse'), encoded, 'its own salt each time');
    assert.equal(await hasher.verifyEncoded(encoded, 'correct horse'), true);
    assert.equal(await hasher.verifyEncoded(encoded, 'correct horsf'), false);
    assert.equal(await hasher.verifyEncoded(encoded, ''), false);
  });

  it('needs no pepper and no order of its parameters, so that any argon2 tool can make it', async () => {
    const elsewhere = await hash('made elsewhere', { type: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 });
    const reordered = elsewhere.replace('m=8192,p=1,t=1', 'm=8192,t=1,p=1');
    assert.notEqual(reordered, elsewhere);
    assert.equal(await hasher.verifyEncoded(elsewhere, 'made elsewhere'), true);
    assert.equal(await hasher.verifyEncoded(reordered, 'made elsewhere'), true);
  });

  it('lets nobody in when it is malformed or of another kind', async () => {
    const encoded = await hasher.hashEncoded('x');
    const weak = await hash('x', { type: 1 });
    for (const bad of [
      '',
      'x',
      '$argon2id$',
      weak,
      encoded.slice(0, -4),
      encoded.replace('v=19', 'v=1'),
      encoded.replace('m=', 'q='),
    ]) {
      assert.equal(await hasher.verifyEncoded(bad, 'x'), false, bad);
    }
  });
});

describe('the queue before the hashes', () => {
  it('refuses at once what finds no place, and takes more when there is room again', async () => {
    const small = createHasher({ pepper, parallel: 1, queueMax: 2 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => small.hashCode('12345678', salt)));
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
    );
    assert.ok(results[3]?.status === 'rejected' && results[3].reason instanceof AppError);
    assert.equal(results[3].reason.code, 'server/busy');
    await small.hashCode('12345678', salt);
  });

  it('counts all kinds of hashes together', async () => {
    const small = createHasher({ pepper, parallel: 1, queueMax: 0 });
    const first = small.hashEncoded('x');
    await assert.rejects(small.hashCode('12345678', salt), { code: 'server/busy' });
    await assert.rejects(small.verifyEncoded('$argon2id$', 'x'), { code: 'server/busy' });
    await first;
  });
});
