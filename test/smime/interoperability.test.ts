// What passes between Sealpost and other programs that speak S/MIME, in both directions, for each algorithm. They are the judges.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { measure, withTable } from './measured.ts';
import type { Measured } from './measured.ts';

describe('S/MIME with other programs', () => {
  let rows: readonly Measured[] | undefined;

  before(async () => {
    rows = await measure();
  });

  test('passes in both directions with OpenSSL, every algorithm of ours', () => {
    if (rows === undefined) return;
    const ours = rows.filter(({ peer }) => peer.startsWith('OpenSSL'));
    assert.equal(ours.length, 14);
    assert.deepEqual(
      ours.filter(({ there, here }) => there !== 'yes' || here !== 'yes'),
      [],
    );
  });

  test('passes with GnuPG for all that it knows: none is read wrongly, and each signature of ours is verified', () => {
    if (rows === undefined) return;
    const theirs = rows.filter(({ peer }) => peer.startsWith('GnuPG'));
    assert.equal(theirs.length, 14);
    assert.ok(theirs.every(({ there, here }) => there !== 'no' && here !== 'no'));
    assert.ok(theirs.some(({ algorithm, there }) => algorithm.startsWith('AES-256-CBC, RSA PKCS') && there === 'yes'));
  });

  test('is told as it is in docs/interoperability.md (else: npm run interoperability)', (context) => {
    if (rows === undefined) {
      context.skip('gpgsm is not installed: what passes with other programs was not measured');
      return;
    }
    const page = readFileSync(new URL('../../docs/interoperability.md', import.meta.url), 'utf8');
    assert.equal(withTable(page, rows), page);
  });
});
