// Owns the proof that a bounce finds its recipient and that no other address is taken for a bounce.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVerp, verpAddress } from '../../server/mail/verp.ts';
import { address } from './courier-bench.ts';

const MAIL_FROM = address('Sealpost@example.com');
const ID = '01jd7q3xk5v9w2y8z4b6c0n1mh';

test('the recipient stands in the address and is found in it again', () => {
  const bounce = verpAddress(MAIL_FROM, ID);
  assert.equal(bounce, `Sealpost+b-${ID}@example.com`);
  assert.equal(parseVerp(bounce, MAIL_FROM), ID);
  assert.equal(parseVerp(bounce.toUpperCase(), MAIL_FROM), ID);
});

test('a sender that has a subaddress of its own keeps it', () => {
  const tagged = address('mail+portal@example.com');
  assert.equal(parseVerp(verpAddress(tagged, ID), tagged), ID);
  assert.equal(parseVerp(verpAddress(tagged, ID), MAIL_FROM), undefined);
});

test('other addresses are no bounces', () => {
  const others = [
    '',
    'sealpost@example.com',
    'sealpost+b-@example.com',
    `sealpost+b-${ID.slice(1)}@example.com`,
    `sealpost+b-${ID}0@example.com`,
    `sealpost+b-${ID.replace('0', 'o')}@example.com`,
    `sealpost+c-${ID}@example.com`,
    `other+b-${ID}@example.com`,
    `sealpost+b-${ID}@example.org`,
    `sealpost+b-${ID}@sub.example.com`,
    `sealpost+b-${ID}@example.com\r\n`,
    `x sealpost+b-${ID}@example.com`,
  ];
  for (const other of others) assert.equal(parseVerp(other, MAIL_FROM), undefined, other);
});

test('neither a foreign id nor a sender without room makes an address', () => {
  for (const id of ['', 'x', `${ID}0`, ID.toUpperCase(), `${ID.slice(1)}@`]) {
    assert.throws(() => verpAddress(MAIL_FROM, id), /Not a recipient id/);
  }
  assert.equal(
    parseVerp(verpAddress(address(`${'a'.repeat(35)}@example.com`), ID), address(`${'a'.repeat(35)}@example.com`)),
    ID,
  );
  assert.throws(() => verpAddress(address(`${'a'.repeat(36)}@example.com`), ID), /too long/);
});
