// Sealing and opening in pieces, beyond what the vectors show.

import { strict as assert } from 'node:assert';
import { createCipheriv, createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openChecked, sealInto } from '../../server/crypto/aead.ts';
import { chunkNonce } from '../../server/crypto/chunk-keys.ts';
import {
  Opener,
  Sealer,
  chunkBytes,
  openBytes,
  openStream,
  plaintextSize,
  sealBytes,
  sealedSize,
} from '../../server/crypto/cobblestone.ts';
import { SealBroken } from '../../server/crypto/seal-broken.ts';

const key = Buffer.alloc(32, 7);
const context = 'a place';

describe('sealing a stream', () => {
  it('gives the same bytes however the plaintext was cut', () => {
    const salt = Buffer.alloc(24, 1);
    const whole = Buffer.alloc(5 * chunkBytes, 'all of it');
    const pieceSizes = fc.array(fc.integer({ min: 0, max: 2 * chunkBytes + 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(pieceSizes, (sizes) => {
        const sealer = new Sealer(key, context, salt);
        const sealed = [sealer.header()];
        let start = 0;
        for (const size of sizes) sealed.push(...sealer.update(whole.subarray(start, (start += size))));
        sealed.push(...sealer.final());
        assert.ok(Buffer.concat(sealed).equals(sealBytes(key, context, whole.subarray(0, start), salt)));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a copy of what is left over, so that the caller may use its buffer again', () => {
    const sealer = new Sealer(key, context);
    const reused = Buffer.from('first');
    const sealed = [sealer.header(), ...sealer.update(reused)];
    reused.write('other');
    sealed.push(...sealer.update(reused), ...sealer.final());
    assert.equal(openBytes(key, context, Buffer.concat(sealed)).toString(), 'firstother');
  });

  it('makes other bytes each time', () => {
    const plaintext = Buffer.from('the same');
    assert.ok(!sealBytes(key, context, plaintext).equals(sealBytes(key, context, plaintext)));
  });

  it('refuses to go on after the last chunk, since nonces would be used twice', () => {
    const sealer = new Sealer(key, context);
    sealer.final();
    assert.throws(() => sealer.update(Buffer.from('more')), TypeError);
    assert.throws(() => sealer.final(), TypeError);
  });

  it('refuses a key or a salt of another length', () => {
    for (const bytes of [0, 16, 31, 33]) {
      assert.throws(() => sealBytes(Buffer.alloc(bytes), context, Buffer.alloc(0)), TypeError);
      assert.throws(() => new Sealer(Buffer.alloc(bytes), context), TypeError);
      assert.throws(() => sealBytes(key, context, Buffer.alloc(0), Buffer.alloc(bytes)), TypeError);
    }
  });
});

describe('opening a stream', () => {
  it('releases each chunk as soon as it is whole, and not one byte earlier', async () => {
    const plaintext = Buffer.alloc(2 * chunkBytes, 'true');
    const sealed = sealBytes(key, context, plaintext);
    const opener = new Opener(key, context);
    const firstEnd = 56 + chunkBytes + 16;
    assert.deepEqual(opener.update(sealed.subarray(0, firstEnd - 1)), []);
    const [first, ...none] = opener.update(sealed.subarray(firstEnd - 1, firstEnd));
    assert.ok(first?.equals(plaintext.subarray(0, chunkBytes)));
    assert.deepEqual(none, []);
  });

  it('releases nothing of a chunk whose last byte was changed', async () => {
    const sealed = sealBytes(key, context, Buffer.alloc(chunkBytes + 5, 'true'));
    sealed.writeUInt8(sealed.readUInt8(56 + chunkBytes + 15) ^ 1, 56 + chunkBytes + 15);
    assert.deepEqual(await readUntilBroken(sealed), { releasedBytes: 0, error: 'SealBroken' });
  });

  it('tells a stream that was cut between chunks from one that ended', async () => {
    const sealed = sealBytes(key, context, Buffer.alloc(2 * chunkBytes + 5));
    const cut = sealed.subarray(0, 56 + chunkBytes + 16);
    assert.deepEqual(await readUntilBroken(sealed), { releasedBytes: 2 * chunkBytes + 5, error: undefined });
    assert.deepEqual(await readUntilBroken(cut), { releasedBytes: chunkBytes, error: 'SealBroken' });
    assert.deepEqual(await readUntilBroken(sealed.subarray(0, -1)), {
      releasedBytes: 2 * chunkBytes,
      error: 'SealBroken',
    });
    assert.deepEqual(await readUntilBroken(Buffer.alloc(0)), { releasedBytes: 0, error: 'SealBroken' });
  });

  it('refuses everything after it broke or finished, also bytes that would have been true', () => {
    const sealed = sealBytes(key, context, Buffer.from('true'));
    const broken = new Opener(key, 'elsewhere');
    assert.throws(() => broken.update(sealed), SealBroken);
    assert.throws(() => broken.update(Buffer.alloc(0)), SealBroken);
    assert.throws(() => broken.final(), SealBroken);

    const finished = new Opener(key, context);
    finished.update(sealed);
    finished.final();
    assert.throws(() => finished.update(Buffer.alloc(0)), SealBroken);
    assert.throws(() => finished.final(), SealBroken);
  });

  it('passes the errors of its source through as they are', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield sealBytes(key, context, Buffer.from('x')).subarray(0, 60);
      throw new Error('the disk is gone');
    }
    await assert.rejects(async () => {
      for await (const _ of openStream(key, context, failing())) assert.fail('nothing is whole yet');
    }, /the disk is gone/);
  });

  it('says the same one thing whatever is wrong', () => {
    const sealed = sealBytes(key, context, Buffer.from('x'));
    const wrong = [
      () => openBytes(Buffer.alloc(31), context, sealed),
      () => openBytes(Buffer.alloc(32), context, sealed),
      () => openBytes(key, 'elsewhere', sealed),
      () => openBytes(key, context, sealed.subarray(0, 10)),
      () => openBytes(key, context, sealed.subarray(0, -1)),
      () => openBytes(key, context, Buffer.concat([sealed, sealed])),
    ];
    const said = wrong.map((open) => {
      try {
        open();
      } catch (error) {
        return error instanceof SealBroken
          ? JSON.stringify([error.name, error.message, error.cause, Object.keys(error)])
          : error;
      }
      return 'opened';
    });
    assert.deepEqual([...new Set(said)], ['["SealBroken","The sealed bytes do not open.",null,["name"]]']);
  });

  async function readUntilBroken(sealed: Buffer): Promise<{ releasedBytes: number; error: string | undefined }> {
    let releasedBytes = 0;
    try {
      for await (const chunk of openStream(key, context, once(sealed))) releasedBytes += chunk.length;
    } catch (error) {
      return { releasedBytes, error: error instanceof Error ? error.name : 'unknown' };
    }
    return { releasedBytes, error: undefined };
  }

  async function* once(sealed: Buffer): AsyncGenerator<Buffer> {
    yield sealed;
  }
});

describe('sizes', () => {
  it('are known in both directions', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (bytes) => plaintextSize(sealedSize(bytes)) === bytes));
    for (const bytes of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1]) {
      assert.equal(sealBytes(key, context, Buffer.alloc(bytes)).length, sealedSize(bytes));
    }
  });

  it('refuse what no sealing makes', () => {
    for (const bytes of [0, 55, 56, 71, 56 + chunkBytes + 16, 56 + chunkBytes + 16 + 15]) {
      assert.throws(() => plaintextSize(bytes), SealBroken);
    }
  });
});

describe('the cipher beneath', () => {
  const cipherKey = createSecretKey(key);
  const nonce = Buffer.alloc(12, 3);

  it('refuses a true tag that was cut, which Node alone would take from 4 bytes on', () => {
    for (const tagBytes of [4, 8, 12, 13, 14, 15]) {
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: tagBytes });
      cipher.final();
      assert.throws(() => openChecked(cipherKey, nonce, cipher.getAuthTag()), SealBroken);
    }
  });

  it('binds the associated data', () => {
    const sealed = Buffer.alloc(20);
    sealInto(sealed, 0, cipherKey, nonce, Buffer.from('true'), Buffer.from('here'));
    assert.equal(openChecked(cipherKey, nonce, sealed, Buffer.from('here')).toString(), 'true');
    assert.throws(() => openChecked(cipherKey, nonce, sealed, Buffer.from('there')), SealBroken);
    assert.throws(() => openChecked(cipherKey, nonce, sealed), SealBroken);
    assert.throws(() => openChecked(cipherKey, Buffer.alloc(12), sealed, Buffer.from('here')), SealBroken);
  });

  it('gets a nonce of its own for each chunk, far beyond 32 bits, and none beyond the limit', () => {
    const base = Buffer.from('ffffffffffffffffffffffff', 'hex');
    assert.equal(chunkNonce(base, 0).toString('hex'), 'ffffffffffffffffffffffff');
    assert.equal(chunkNonce(base, 1).toString('hex'), 'fffffffffffffffffffffffe');
    assert.equal(chunkNonce(base, 2 ** 32 + 2).toString('hex'), 'fffffffffffffffefffffffd');
    assert.equal(chunkNonce(base, 2 ** 38 - 1).toString('hex'), 'ffffffffffffffc000000000');
    assert.throws(() => chunkNonce(base, 2 ** 38), RangeError);
    assert.equal(base.toString('hex'), 'ffffffffffffffffffffffff', 'the base itself stays');
  });
});
