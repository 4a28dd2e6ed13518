// What chance makes, digests, and the contexts that things are sealed under.

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { isId } from '../../server/core/ids.ts';
import {
  metaContext,
  partContext,
  recipientContext,
  recordContext,
  spoolContext,
} from '../../server/crypto/context.ts';
import { createSha256, equalBytes, sha256 } from '../../server/crypto/digest.ts';
import {
  newId,
  newKeyId,
  newPasscode,
  newReference,
  newSecret,
  newToken,
  randomBytes,
} from '../../server/crypto/random.ts';
import { otherMessage, thisMessage } from '../vectors/fixed.ts';

describe('ids', () => {
  it('have the shape of an id, sort by time, and never come twice', () => {
    const at = (ms: number): string => newId({ nowMs: () => ms });
    const times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];
    const ids = times.map(at);
    assert.ok(ids.every(isId), ids.join(' '));
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(Array.from({ length: 2_000 }, () => at(5))).size, 2_000);
  });

  it('of keys have eight characters', () => {
    assert.match(newKeyId(), /^[0-9a-hjkmnp-tv-z]{8}$/);
    assert.equal(new Set(Array.from({ length: 2_000 }, newKeyId)).size, 2_000);
  });
});

describe('tokens and codes', () => {
  it('have their length and alphabet', () => {
    for (let n = 0; n < 500; n += 1) {
      assert.match(newToken(), /^[A-Za-z0-9_-]{22}$/);
      assert.match(newSecret(), /^[A-Za-z0-9_-]{43}$/);
      assert.match(newPasscode(), /^[0-9]{8}$/);
      assert.match(newReference(), /^[A-HJKMNP-Z]{4}$/);
    }
    assert.equal(randomBytes(24).length, 24);
  });

  it('use every digit and letter in every place, the leading zero too', () => {
    const codes = Array.from({ length: 3_000 }, newPasscode);
    for (let place = 0; place < 8; place += 1) assert.equal(new Set(codes.map((code) => code.charAt(place))).size, 10);
    const references = Array.from({ length: 3_000 }, newReference);
    for (let place = 0; place < 4; place += 1)
      assert.equal(new Set(references.map((text) => text.charAt(place))).size, 23);
  });
});

describe('digests', () => {
  it('are SHA-256, at once or in pieces', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // FIPS 180-2 appendix B.1
    assert.equal(sha256('abc').toString('hex'), abc);
    const pieces = createSha256();
    pieces.update('a');
    pieces.update(Buffer.from('bc'));
    assert.equal(pieces.digest().toString('hex'), abc);
  });

  it('are compared by all their bytes', () => {
    assert.equal(equalBytes(sha256('a'), sha256('a')), true);
    assert.equal(equalBytes(sha256('a'), sha256('b')), false);
    assert.equal(equalBytes(sha256('a'), sha256('a').subarray(0, 31)), false);
    assert.equal(equalBytes(Buffer.alloc(0), sha256('a')), false);
  });
});

describe('contexts', () => {
  it('are what docs/envelope.md says', () => {
    assert.equal(partContext(thisMessage, 12, 'attachment'), `sealpost/1/message/${thisMessage}/part/12/attachment`);
    assert.equal(metaContext(thisMessage), `sealpost/1/message/${thisMessage}/meta`);
    assert.equal(
      recipientContext(thisMessage, otherMessage),
      `sealpost/1/message/${thisMessage}/recipient/${otherMessage}`,
    );
    assert.equal(spoolContext(thisMessage), `sealpost/1/spool/${thisMessage}`);
    assert.equal(recordContext('outbox 17'), 'sealpost/1/record/outbox 17');
  });

  it('are refused for anything that could stand for two places', () => {
    const bad = [
      () => partContext('', 0, 'html'),
      () => partContext(`${thisMessage}/x`, 0, 'html'),
      () => partContext(thisMessage, -1, 'html'),
      () => partContext(thisMessage, 1.5, 'html'),
      () => partContext(thisMessage, Number.NaN, 'html'),
      () => partContext(thisMessage, 100_000, 'html'),
      () => partContext(thisMessage, 0, ''),
      () => partContext(thisMessage, 0, 'html/1'),
      () => partContext(thisMessage, 0, 'HTML'),
      () => metaContext(thisMessage.toUpperCase()),
      () => recipientContext(thisMessage, '../meta'),
      () => recipientContext('..', thisMessage),
      () => spoolContext('mail'),
      () => recordContext('outbox/17'),
    ];
    for (const make of bad) assert.throws(make, TypeError);
  });
});
