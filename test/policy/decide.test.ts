// What a mail asks for and what it gets, as a table: each header, each tag, each way of saying a time.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { decide } from '../../server/policy/decide.ts';
import { reasonLines } from '../../server/policy/reasons.ts';
import { byDefault, decided, frame, isoIn, mailOf, refusal } from './wishes.ts';

const everything = ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'];
const PROTECTION = 'X-Sealpost-Protection';
const EXPIRES = 'X-Sealpost-Expires';
const BRAND = 'X-Sealpost-Brand';
const DELIVER = 'X-Sealpost-Deliver';

describe('the protection of a mail', () => {
  test('is encrypt-only for the default time and brand when nothing is asked for', () => {
    const decision = decided([['Subject', 'Hello']]);
    assert.equal(decision.protection.name, 'encrypt-only');
    assert.deepEqual(decision.protection.rights, everything);
    assert.equal(decision.expiresAt, byDefault);
    assert.equal(decision.brand, 'default');
    assert.deepEqual(reasonLines(decision.reasons), [
      'protection encrypt-only by default',
      `expiry ${byDefault} by default`,
    ]);
  });

  const asked: readonly [headers: readonly [string, string][], subject: string, protection: string, left: string][] = [
    [[[PROTECTION, 'encrypt-only']], 'Hello', 'encrypt-only', 'Hello'],
    [[[PROTECTION, 'do-not-forward']], 'Hello', 'do-not-forward', 'Hello'],
    [[[PROTECTION, '  Do-Not-Forward ']], 'Hello', 'do-not-forward', 'Hello'],
    [[['x-SEALPOST-protection', 'do-not-forward']], 'Hello', 'do-not-forward', 'Hello'],
    [[], '[encrypt] Hello', 'encrypt-only', 'Hello'],
    [[], '[secure] Hello', 'encrypt-only', 'Hello'],
    [[], '[dnf] Hello', 'do-not-forward', 'Hello'],
    [[], 'Hello [DNF]', 'do-not-forward', 'Hello'],
    [[], 'Re: [Dnf] Hello  there', 'do-not-forward', 'Re: Hello there'],
    [[], '[dnf][dnf]Hello[dnf]you', 'do-not-forward', 'Hello you'],
    [[], '[dnf]', 'do-not-forward', ''],
    [[], '[dn[encrypt]f] Hello', 'encrypt-only', '[dn f] Hello'],
    [[], '[DNF] İstanbul', 'do-not-forward', 'İstanbul'],
    [[], 'İstanbul İİİ [SECURE] ok', 'encrypt-only', 'İstanbul İİİ ok'],
    [[], '[ſecure] Hello', 'encrypt-only', '[ſecure] Hello'],
    [[], '[ticket 5] Hello  there', 'encrypt-only', '[ticket 5] Hello  there'],
    [[], 'Hello dnf', 'encrypt-only', 'Hello dnf'],
  ];
  for (const [headers, subject, protection, left] of asked) {
    test(`is ${protection} for ${JSON.stringify([...headers.flat(), subject])}`, () => {
      const decision = decided(headers, subject);
      assert.equal(decision.protection.name, protection);
      assert.equal(decision.subject, left);
    });
  }

  test('do-not-forward grants answers and nothing else', () => {
    assert.deepEqual(decided([[PROTECTION, 'do-not-forward']]).protection.rights, ['reply', 'reply-all']);
  });

  test('is the most restrictive of all that is asked for, in whatever order', () => {
    const strict = [
      decided([[PROTECTION, 'encrypt-only']], '[dnf] Hello'),
      decided([[PROTECTION, 'do-not-forward']], '[encrypt] Hello'),
      decided([], '[encrypt] [dnf] [secure] Hello'),
      decide({ ...mailOf([[PROTECTION, 'do-not-forward']]), fields: [wish('encrypt-only')] }, frame),
      decide({ ...mailOf([[PROTECTION, 'encrypt-only']]), fields: [wish('do-not-forward')] }, frame),
    ];
    for (const decision of strict) assert.equal(decision.protection.name, 'do-not-forward');
  });

  test('comes with every wish and what holds among its reasons', () => {
    const decision = decided(
      [
        [DELIVER, 'best'],
        [EXPIRES, '36h'],
        [PROTECTION, 'Encrypt-Only'],
      ],
      '[DNF] Hello',
    );
    assert.deepEqual(reasonLines(decision.reasons), [
      'X-Sealpost-Deliver: best',
      'X-Sealpost-Expires: 36h',
      'X-Sealpost-Protection: encrypt-only',
      'subject tag [dnf]',
      'not by direct mail: what its readers may do is limited',
      'protection do-not-forward',
      `expiry ${isoIn(36 * HOUR_MS)}`,
    ]);
  });
});

describe('the last moment of a mail', () => {
  const understood: readonly [value: string, expiresAt: string][] = [
    ['7d', isoIn(7 * DAY_MS)],
    ['36h', isoIn(36 * HOUR_MS)],
    [' 2 D ', isoIn(2 * DAY_MS)],
    ['1H', isoIn(HOUR_MS)],
    ['730d', isoIn(730 * DAY_MS)],
    // A bare day is readable to its end, in UTC; today is one, too.
    ['2027-01-31', '2027-02-01T00:00:00.000Z'],
    ['2026-11-21', '2026-11-22T00:00:00.000Z'],
    ['2028-02-29', '2028-03-01T00:00:00.000Z'],
    ['2027-01-31T12:00Z', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31T12:00:30.5Z', '2027-01-31T12:00:30.500Z'],
    ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
    ['2026-11-21T10:00:00.001Z', '2026-11-21T10:00:00.001Z'],
    ['2028-11-20T10:00:00Z', '2028-11-20T10:00:00.000Z'],
  ];
  for (const [value, expiresAt] of understood) {
    test(`is ${expiresAt} for "${value}"`, () => {
      assert.equal(decided([[EXPIRES, value]]).expiresAt, expiresAt);
    });
  }

  const refused: readonly [value: string, why: RegExp][] = [
    ['', /expected a time such as/],
    ['soon', /expected a time such as/],
    ['7', /expected a time such as/],
    ['7 days', /expected a time such as/],
    ['-7d', /expected a time such as/],
    ['1.5d', /expected a time such as/],
    ['٧d', /expected a time such as/],
    ['7d, 8d', /expected a time such as/],
    ['100000d', /expected a time such as/],
    ['31.01.2027', /expected a time such as/],
    ['2027-1-31', /expected a time such as/],
    ['2027-01-31T12:00:00', /expected a time such as/],
    ['2027-01-31T25:00:00Z', /expected a time such as/],
    ['2027-01-31T12:00:00+99:00', /expected a time such as/],
    ['2027-02-31', /expected a time such as/],
    ['2027-02-29', /expected a time such as/],
    ['2027-02-31T12:00:00Z', /expected a time such as/],
    ['2027-13-01', /expected a time such as/],
    ['0d', /expected a time in the future/],
    ['0h', /expected a time in the future/],
    ['2026-11-20', /expected a time in the future/],
    ['2026-11-21T10:00:00Z', /expected a time in the future/],
    ['1999-12-31', /expected a time in the future/],
    ['731d', /expected at most 730 days/],
    ['17521h', /expected at most 730 days/],
    ['2028-11-20T10:00:00.001Z', /expected at most 730 days/],
    ['9999-12-31', /expected at most 730 days/],
  ];
  for (const [value, why] of refused) {
    test(`is refused when it is "${value}"`, () => {
      assert.throws(() => decided([[EXPIRES, value]]), refusal('policy/unknown-value', why));
    });
  }

  test('is the earliest of all that are asked for', () => {
    const fields = ['9d', '5d', '7d'].map((value) => ({
      words: value,
      expiresAtMs: Date.parse(isoIn(Number(value[0]) * DAY_MS)),
    }));
    assert.equal(decide({ ...mailOf([[EXPIRES, '6d']]), fields }, frame).expiresAt, isoIn(5 * DAY_MS));
  });
});

describe('a wish that cannot be granted refuses the mail', () => {
  const refused: readonly [headers: readonly [string, string][], sentence: RegExp][] = [
    [
      [[PROTECTION, 'secret']],
      /^X-Sealpost-Protection asks for something unknown; expected encrypt-only or do-not-forward\.$/,
    ],
    [[[PROTECTION, '']], /expected encrypt-only or do-not-forward/],
    [[[PROTECTION, 'do not forward']], /expected encrypt-only or do-not-forward/],
    [[[PROTECTION, 'do-not-forward, encrypt-only']], /expected encrypt-only or do-not-forward/],
    [[[PROTECTION, 'constructor']], /expected encrypt-only or do-not-forward/],
    [[[BRAND, 'nobody']], /^X-Sealpost-Brand asks for something unknown/],
    [[[BRAND, '']], /^X-Sealpost-Brand asks for something unknown/],
    [[[DELIVER, 'pigeon']], /^X-Sealpost-Deliver asks for something unknown; expected portal, smime, tls or best\.$/],
    [[[DELIVER, '']], /^X-Sealpost-Deliver asks for something unknown/],
    // A name that is only nearly right would be a wish that nobody hears.
    [[['X-Sealpost-Protetcion', 'do-not-forward']], /^The header X-Sealpost-Protetcion is unknown/],
    [[['X-Sealpost', 'do-not-forward']], /^The header X-Sealpost is unknown/],
    [[['X-Sealpost_Protection', 'do-not-forward']], /^The header X-Sealpost_protection is unknown/],
    [[['X-SealpostProtection', 'do-not-forward']], /^The header X-Sealpostprotection is unknown/],
    // Even when both lines say the same: which of them another program would read, nobody knows.
    [
      [
        [PROTECTION, 'do-not-forward'],
        ['x-sealpost-PROTECTION', 'do-not-forward'],
      ],
      /^X-Sealpost-Protection stands in the mail more than once\.$/,
    ],
    [
      [
        [EXPIRES, '7d'],
        [EXPIRES, '8d'],
      ],
      /^X-Sealpost-Expires stands in the mail more than once\.$/,
    ],
  ];
  for (const [headers, sentence] of refused) {
    test(JSON.stringify(headers.flat()), () => {
      assert.throws(() => decided(headers), refusal('policy/unknown-value', sentence));
    });
  }

  for (const road of ['smime', 'TLS']) {
    test(`delivery by ${road}, which is understood and not offered, names the rule`, () => {
      const sentence = /^X-Sealpost-Deliver: this server delivers by its portal only\.$/;
      const inside = { ...frame, offers: { accounts: true, passkeys: true } };
      assert.throws(() => decide(mailOf([[DELIVER, road]]), inside), refusal('policy/refused', sentence));
    });
  }

  test('one unknown wish among good ones is enough', () => {
    assert.throws(
      () =>
        decided([
          [PROTECTION, 'do-not-forward'],
          [EXPIRES, '7d'],
          [BRAND, 'nobody'],
        ]),
      refusal('policy/unknown-value'),
    );
  });
});

describe('what asks for nothing', () => {
  test('the mark of our own mail is no wish: whoever guards against loops looks at it', () => {
    assert.equal(decided([['X-Sealpost-Loop', 'example.com']]).reasons.length, 2);
  });

  test('other headers and tags pass', () => {
    const decision = decided(
      [
        ['X-Priority', '1'],
        ['Sensitivity', 'Private'],
      ],
      'Hello',
    );
    assert.equal(decision.protection.name, 'encrypt-only');
  });

  test('a brand is chosen by its name in any case of letters', () => {
    assert.equal(decided([[BRAND, ' ACME ']]).brand, 'acme');
  });

  for (const road of ['portal', 'Best']) {
    test(`delivery by ${road} is what happens anyway`, () => {
      assert.equal(decided([[DELIVER, road]]).protection.name, 'encrypt-only');
    });
  }
});

function wish(name: 'encrypt-only' | 'do-not-forward') {
  const { protection } = decided([[PROTECTION, name]]);
  return { words: name, protection };
}
