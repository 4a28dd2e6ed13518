// What other gateways' headers and tags ask for: each verb, its values, and that nothing unknown is passed over.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { decide } from '../../server/policy/decide.ts';
import { byDefault, decided, frame, frameWith, isoIn, mailOf, refusal } from './wishes.ts';

type Headers = readonly (readonly [string, string])[];

const everything = ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'];
const REPLY = 'X-PostX-Reply-Enabled';
const ALL = 'X-PostX-Reply-All-Enabled';
const FORWARD = 'X-PostX-Forward-Enabled';
const EXPIRATION = 'X-PostX-ExpirationDate';
const SOPHOS = 'X-SophosEmailEncrypt';

describe('Sensitivity', () => {
  const mapped = frameWith(`templates:
  - { name: own, title: Own, rights: [reply] }
labels:
  sensitivity: { personal: encrypt-only, private: own, company-confidential: do-not-forward }`);
  const values: readonly [value: string, protection: string][] = [
    ['Personal', 'encrypt-only'],
    ['Private', 'own'],
    ['private', 'own'],
    ['Company-Confidential', 'do-not-forward'],
    ['companyconfidential', 'do-not-forward'],
    ['Company Confidential', 'do-not-forward'],
    ['Normal', 'encrypt-only'],
  ];
  for (const [value, protection] of values) {
    test(`${value} is ${protection}`, () => {
      assert.equal(decide(mailOf([['Sensitivity', value]]), mapped).protection.name, protection);
    });
  }

  test('sets an end that binds, as a label does; a template that its sender names does not', () => {
    const ending = frameWith(`templates:
  - { name: own, title: Own, rights: [reply], expiry: { days: 3 } }
labels:
  sensitivity: { private: own }`);
    assert.equal(decide(mailOf([['Sensitivity', 'Private']]), ending).policyEnd, isoIn(3 * DAY_MS));
    assert.equal(decide(mailOf([['Sensitivity', 'Personal']]), ending).policyEnd, null);
    assert.equal(decide(mailOf([['X-Sealpost-Protection', 'own']]), ending).policyEnd, null);
    assert.equal(decide(mailOf([]), ending).policyEnd, null);
  });

  test('asks for nothing where it stands for no template', () => {
    for (const value of ['Personal', 'Private', 'Company-Confidential']) {
      assert.equal(decided([['Sensitivity', value]]).protection.name, 'encrypt-only');
    }
  });

  for (const value of ['', 'Secret', 'Private, Personal', '2']) {
    test(`"${value}" refuses the mail`, () => {
      assert.throws(() => decided([['Sensitivity', value]]), refusal('policy/unknown-value', /^Sensitivity asks/));
    });
  }

  test('that stands there twice refuses the mail', () => {
    const twice: Headers = [
      ['Sensitivity', 'Private'],
      ['Sensitivity', 'Private'],
    ];
    assert.throws(() => decided(twice), refusal('policy/unknown-value', /more than once/));
  });
});

describe('Cisco’s headers', () => {
  const rights: readonly [headers: Headers, rights: readonly string[]][] = [
    [[[REPLY, 'true']], ['reply', 'print', 'copy', 'download']],
    [[[FORWARD, 'True']], ['forward', 'print', 'copy', 'download']],
    [[[REPLY, 'false']], ['print', 'copy', 'download']],
    [
      [
        [REPLY, 'true'],
        [ALL, 'true'],
      ],
      ['reply', 'reply-all', 'print', 'copy', 'download'],
    ],
    [
      [
        [REPLY, 'true'],
        [ALL, 'true'],
        [FORWARD, 'true'],
      ],
      everything,
    ],
    // Answering everybody answers the sender as well.
    [[[ALL, 'true']], ['print', 'copy', 'download']],
    [[[EXPIRATION, '+3']], everything],
  ];
  for (const [headers, expected] of rights) {
    test(`grant ${expected.join(', ')} for ${JSON.stringify(headers)}`, () => {
      const { protection } = decided(headers);
      assert.deepEqual(protection.rights, expected);
      assert.equal(protection.name, expected === everything ? 'encrypt-only' : 'limited');
    });
  }

  test('take nothing back that another wish withholds', () => {
    const decision = decided(
      [
        [REPLY, 'true'],
        [FORWARD, 'true'],
      ],
      '[dnf] Hello',
    );
    assert.deepEqual(decision.protection, { name: 'do-not-forward', rights: ['reply'] });
    assert.ok(decision.reasons.some(({ words }) => words === 'rights reply'));
  });

  const ends: readonly [value: string, expiresAt: string][] = [
    ['+24:00:00', isoIn(DAY_MS)],
    ['+36:30:00', isoIn(36.5 * HOUR_MS)],
    ['+3', isoIn(3 * DAY_MS)],
    ['Thu, 31 Dec 2026 12:00:00 +0100', '2026-12-31T11:00:00.000Z'],
  ];
  for (const [value, expiresAt] of ends) {
    test(`end a message at ${expiresAt} for ${value}`, () => {
      assert.equal(decided([[EXPIRATION, value]]).expiresAt, expiresAt);
    });
  }

  for (const value of [
    '',
    '3',
    '+3d',
    '+24:00',
    '+24:60:00',
    '-3',
    '+0',
    '+731',
    'tomorrow',
    'Mon, 01 Jan 2001 12:00:00 +0000',
  ]) {
    test(`refuse the mail for an end such as "${value}"`, () => {
      assert.throws(
        () => decided([[EXPIRATION, value]]),
        refusal('policy/unknown-value', /^X-PostX-ExpirationDate asks/),
      );
    });
  }

  test('ask for a receipt', () => {
    assert.equal(decided([['X-PostX-Send-Return-Receipt', 'true']]).readReceipt, true);
    assert.equal(decided([['X-PostX-Send-Return-Receipt', 'false']]).readReceipt, false);
  });

  test('about how a file opens elsewhere mean nothing, and that is said', () => {
    const decision = decided([['X-PostX-Use-Script', 'false']]);
    assert.deepEqual(decision.reasons[0], { kind: 'note', words: 'X-PostX-Use-Script: means nothing here' });
  });

  const wrong: readonly Headers[] = [
    [[REPLY, 'maybe']],
    [[REPLY, '']],
    [[FORWARD, '1']],
    [['X-PostX-Forwad-Enabled', 'false']],
    [['X-PostX', 'true']],
    [
      [FORWARD, 'false'],
      [FORWARD, 'false'],
    ],
  ];
  for (const headers of wrong) {
    test(`refuse the mail where they are not understood: ${JSON.stringify(headers)}`, () => {
      assert.throws(() => decided(headers), refusal('policy/unknown-value'));
    });
  }
});

describe('SEPPmail’s headers and tags', () => {
  const protecting: readonly [headers: Headers, subject: string, deliver: 'portal' | 'best'][] = [
    [[['x-smenc', 'yes']], 'Hello', 'portal'],
    [[['x-smwebmail', 'yes']], 'Hello', 'portal'],
    [[], '[confidential] Hello', 'portal'],
    [[], 'Hello [PRIV]', 'portal'],
  ];
  for (const [headers, subject, deliver] of protecting) {
    test(`seal: ${JSON.stringify([...headers.flat(), subject])}`, () => {
      const decision = decided(headers, subject);
      assert.equal(decision.protection.name, 'encrypt-only');
      assert.equal(decision.deliver, deliver);
      assert.equal(decision.subject, 'Hello');
      assert.equal(decision.reasons[0]?.kind, 'signal');
    });
  }

  test('hold for the portal against a wish for the best road', () => {
    const best = ['X-Sealpost-Deliver', 'best'] as const;
    assert.equal(decided([best]).deliver, 'best');
    assert.equal(decided([best, ['x-smenc', 'yes']]).deliver, 'best');
    assert.equal(decided([best, ['x-smwebmail', 'yes']]).deliver, 'portal');
    assert.equal(decided([best], '[priv] Hello').deliver, 'portal');
  });

  const plain: readonly [headers: Headers, subject: string][] = [
    [[['x-smplain', 'yes']], 'Hello'],
    [[], '[plain] Hello'],
  ];
  for (const [headers, subject] of plain) {
    test(`make nothing weaker by ${JSON.stringify([...headers.flat(), subject])}, and say so`, () => {
      const decision = decided(headers, subject);
      assert.deepEqual(decision.protection.rights, everything);
      assert.equal(decision.protection.name, 'encrypt-only');
      assert.equal(decision.expiresAt, byDefault);
      assert.equal(decision.subject, 'Hello');
      assert.equal(decision.reasons[0]?.kind, 'note');
      assert.match(decision.reasons[0]?.words ?? '', /asks for no protection, which only a rule can grant$/);
      const asked = decided([...headers, ['X-Sealpost-Protection', 'do-not-forward']], subject);
      assert.equal(asked.protection.name, 'do-not-forward');
    });
  }

  test('said with no mean nothing', () => {
    assert.equal(
      decided([
        ['x-smenc', 'no'],
        ['x-smplain', 'no'],
        ['x-smwebmail', 'no'],
      ]).reasons.length,
      2,
    );
  });

  for (const header of ['x-smenc', 'x-smwebmail', 'x-smplain']) {
    test(`refuse the mail where they are not understood: ${header}`, () => {
      for (const value of ['', 'maybe', 'yes, no']) {
        assert.throws(() => decided([[header, value]]), refusal('policy/unknown-value'));
      }
    });
  }
});

describe('Sophos’ headers', () => {
  const ends: readonly [value: string, expiresAt: string][] = [
    ['today', '2026-11-22T00:00:00.000Z'],
    ['fiveDays', isoIn(5 * DAY_MS)],
    ['oneWeek', isoIn(7 * DAY_MS)],
    ['TWOWEEKS', isoIn(14 * DAY_MS)],
  ];
  for (const [value, expiresAt] of ends) {
    test(`end a message at ${expiresAt} for ${value}`, () => {
      assert.equal(decided([[`${SOPHOS}-ExpiryPeriod`, value]]).expiresAt, expiresAt);
    });
  }

  test('ask for a receipt', () => {
    assert.equal(decided([[`${SOPHOS}-ReadNotification`, 'true']]).readReceipt, true);
    assert.equal(decided([[`${SOPHOS}-SendNotification`, 'true']]).readReceipt, false);
  });

  for (const name of ['NoAuth', 'VerificationCode']) {
    test(`refuse the mail that wants ${name}, and take one that does not`, () => {
      const where = `${SOPHOS}-${name}`;
      assert.throws(() => decided([[where, 'true']]), refusal('policy/refused', new RegExp(`^${where}: every reader`)));
      assert.equal(decided([[where, 'false']]).protection.name, 'encrypt-only');
    });
  }

  const wrong: readonly Headers[] = [
    [[`${SOPHOS}-ExpiryPeriod`, 'threeDays']],
    [[`${SOPHOS}-ExpiryPeriod`, '']],
    [[`${SOPHOS}-NoAuth`, 'perhaps']],
    [[`${SOPHOS}-Other`, 'true']],
    [[SOPHOS, 'true']],
    [
      [`${SOPHOS}-ExpiryPeriod`, 'today'],
      [`${SOPHOS}-ExpiryPeriod`, 'today'],
    ],
  ];
  for (const headers of wrong) {
    test(`refuse the mail where they are not understood: ${JSON.stringify(headers)}`, () => {
      assert.throws(() => decided(headers), refusal('policy/unknown-value'));
    });
  }

  test('end nothing later than this server allows', () => {
    const short = { ...frame, expiryDaysMax: 7 };
    assert.throws(
      () => decide(mailOf([[`${SOPHOS}-ExpiryPeriod`, 'twoWeeks']]), short),
      refusal('policy/unknown-value', /at most 7 days/),
    );
  });
});

describe('Disposition-Notification-To', () => {
  test('is noted, and nobody it names is', () => {
    const decision = decided([['Disposition-Notification-To', 'Alice <alice@example.com>']]);
    assert.equal(decision.readReceipt, true);
    assert.equal(decision.protection.name, 'encrypt-only');
    assert.doesNotMatch(JSON.stringify(decision.reasons), /alice/);
  });
});

describe('markings of others', () => {
  const marked = frameWith(`rules:
  - id: pspf
    name: Protected
    when: { header: { name: X-Protective-Marking, matches: 'SEC=PROTECTED' } }
    then: [{ apply: do-not-forward }]
  - id: old
    name: Older classification
    when: { header: { name: X-Microsoft-Classification, contains: highly confidential } }
    then: [{ expires: 2d }]`);

  test('are met by rules on their headers', () => {
    const headers = [
      ['X-Protective-Marking', 'VER=2018.6, NS=gov.au, SEC=PROTECTED, ORIGIN=a@example.com'],
      ['X-Microsoft-Classification', '=?utf-8?Q?Highly_Confidential?='],
    ] as const;
    const decision = decide(mailOf(headers), marked);
    assert.equal(decision.protection.name, 'do-not-forward');
    assert.equal(decision.expiresAt, isoIn(2 * DAY_MS));
  });

  for (const value of ['', 'VER=2018.6, SEC=OFFICIAL', 'sec=protected']) {
    test(`ask for nothing by themselves: "${value}"`, () => {
      assert.equal(decide(mailOf([['X-Protective-Marking', value]]), marked).protection.name, 'encrypt-only');
    });
  }
});
