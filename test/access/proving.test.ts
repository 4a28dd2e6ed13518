// What a message can demand of its readers, and what of it a session has proved: the whole table.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProofNeeded, checkProved, missingProofs, provedKinds } from '../../server/access/proving.ts';
import { joinWords, parseWays, ways } from '../../server/core/proofs.ts';
import type { Way } from '../../server/core/proofs.ts';

const reader = { road: 'notice' } as const;
const missing = (demands: string, proved: readonly Way[], phrase = false): string =>
  missingProofs({ demands }, reader, provedKinds(proved, phrase)).join(' ');

describe('what is missing', () => {
  for (const [demands, proved, phrase, expected] of [
    ['', ['code'], false, ''],
    ['', ['google'], false, ''],
    ['code', ['code'], false, ''],
    ['code', ['google'], false, 'code'],
    ['code', ['passkey', 'staff'], false, 'code'],
    ['federated', ['code'], false, 'federated'],
    ['federated', ['passkey'], false, 'federated'],
    ['federated', ['google'], false, ''],
    ['federated', ['microsoft', 'code'], false, ''],
    ['federated', ['staff'], false, ''],
    ['passkey', ['code', 'google'], false, 'passkey'],
    ['passkey', ['passkey'], false, ''],
    ['phrase', ['code'], false, 'phrase'],
    ['phrase', ['code', 'google', 'passkey'], false, 'phrase'],
    ['phrase', ['code'], true, ''],
    ['two', ['code'], false, 'another'],
    ['two', ['google', 'microsoft'], false, 'another'], // two accounts are one kind
    ['two', ['code', 'google'], false, ''],
    ['two', ['code', 'passkey'], false, ''],
    ['two', ['code'], true, ''],
    ['phrase two', ['code'], false, 'phrase'], // the phrase is the second
    ['phrase two', ['code'], true, ''],
    ['passkey two', ['passkey'], false, 'another'],
    ['passkey phrase', ['code'], false, 'passkey phrase'],
    ['code federated passkey phrase two', ['code'], false, 'federated passkey phrase'],
    ['fingerprint', ['code', 'google', 'passkey'], true, 'other'],
    ['two fingerprint', ['code', 'google'], false, 'other'],
  ] as const) {
    test(`of "${demands}" for who proved ${proved.join(' and ')}${phrase ? ' and the phrase' : ''}: ${expected || 'nothing'}`, () => {
      assert.equal(missing(demands, proved, phrase), expected);
    });
  }

  test('is never asked of a sender for an answer that lies in the mailbox', () => {
    assert.deepEqual(missingProofs({ demands: 'passkey phrase' }, { road: 'answer' }, new Set()), []);
  });

  test('never grows by proving more', () => {
    const demands = fc.subarray(['code', 'federated', 'passkey', 'phrase', 'two']).map(joinWords);
    fc.assert(
      fc.property(
        demands,
        fc.subarray([...ways]),
        fc.constantFrom(...ways),
        fc.boolean(),
        (asked, proved, more, phrase) => {
          if (missing(asked, proved, phrase) === '') assert.equal(missing(asked, [...proved, more], phrase), '');
        },
      ),
    );
  });

  test('always ends: who does all that is missing may read', () => {
    const demands = fc.subarray(['code', 'federated', 'passkey', 'phrase', 'two']).map(joinWords);
    const doing: Record<string, Way> = { code: 'code', federated: 'google', passkey: 'passkey' };
    fc.assert(
      fc.property(demands, fc.subarray([...ways], { minLength: 1 }), (asked, proved) => {
        const todo = missing(asked, proved).split(' ').filter(Boolean);
        const unused = (['code', 'passkey', 'google'] as const).find(
          (way) => !provedKinds(proved, false).has(way === 'google' ? 'federated' : way),
        );
        const done = todo.flatMap((one) => doing[one] ?? (one === 'another' ? (unused ?? []) : []));
        assert.equal(missing(asked, [...proved, ...done], todo.includes('phrase')), '');
      }),
    );
  });

  test('is a refusal that says what', () => {
    assert.throws(
      () => checkProved({ demands: 'passkey' }, reader, provedKinds(['code'], false)),
      (error) => error instanceof ProofNeeded && error.code === 'signin/proof-needed' && error.missing[0] === 'passkey',
    );
    checkProved({ demands: 'code' }, reader, provedKinds(['code'], false));
  });
});

test('a session’s words that mean nothing prove nothing', () => {
  assert.deepEqual(parseWays('code github  passkey'), ['code', 'passkey']);
  assert.equal(joinWords(['passkey', 'code', 'code']), 'code passkey');
});
