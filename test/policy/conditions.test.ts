// Each condition on mails that it holds for and on at least three that it does not, and what it tells of why.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Seen, SeenFile } from '../../server/detect/look.ts';
import { typesOfBytes } from '../../server/files/types-by-bytes.ts';
import { tryOut } from '../../server/policy/decide.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import type { RuleOutcome } from '../../server/policy/try-rules.ts';
import { LABEL, TENANT } from './documents.ts';
import { address, bareMail, frame, frameWith } from './wishes.ts';

type Change = Partial<MailToDecide>;

const from = (text: string): Change => ({ from: address(text) });
const to = (...texts: string[]): Change => ({ recipients: texts.map(address) });
const subject = (text: string): Change => ({ subject: text });
const outside: Change = { ...from('bob@recipient.example'), fromOutside: true };
const header = (name: string, value: string): Change => ({ headers: [{ name, value }] });
const file = (filename: string, contentType = 'application/pdf', size = 1_000): Change => ({
  parts: [{ n: 1, filename, contentType, size }],
});
/** What was found by looking at attachments, by default at the first. */
const told = (one: Partial<SeenFile>): Change => ({
  seen: { hits: [], unreadable: [], files: [{ part: 1, path: [], types: [], sizeBytes: 1_000, ...one }] },
});
const label = (more: string): Change =>
  header('msip_labels', `MSIP_Label_${LABEL}_Enabled=true;MSIP_Label_${LABEL}_SiteId=${more}`);

/** Each with the mails that it holds for, and those that it does not. */
const cases: readonly [condition: string, yes: readonly Change[], no: readonly Change[]][] = [
  [
    "sender: { is: [Alice@Example.com, '@*.example.org'] }",
    [from('alice@example.com'), from('ALICE@example.com'), from('x@a.example.org'), from('x@a.b.example.org')],
    [from('bob@example.com'), from('x@example.org'), from('alice@example.com.evil.example'), from('x@notexample.org')],
  ],
  [
    'senderGroup: legal',
    [from('alice@example.com'), from('anyone@law.example.com')],
    [from('carol@example.com'), from('x@sub.law.example.com'), from('alice@law.example.org')],
  ],
  [
    "recipient: { is: ['@partner.example'] }",
    [to('a@partner.example'), to('b@else.example', 'A@PARTNER.example')],
    [to('a@sub.partner.example'), to('partner.example@else.example'), to('a@partner.example.org')],
  ],
  [
    'anyRecipient: { is: [bob@partner.example] }',
    [to('bob@partner.example'), to('x@else.example', 'Bob@partner.example')],
    [to('rob@partner.example'), to('bob@else.example'), { ...from('bob@partner.example'), ...to('x@else.example') }],
  ],
  [
    'recipients: { atLeast: 2, atMost: 3 }',
    [to('a@x.example', 'b@x.example'), to('a@x.example', 'b@x.example', 'c@x.example')],
    [to('a@x.example'), to('a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'), {}],
  ],
  [
    'direction: out',
    [to('a@x.example'), to('a@x.example', 'b@example.com'), { ...to('a@x.example'), fromOutside: true }],
    [to('b@example.com'), outside, to('c@example.org')],
  ],
  [
    'direction: internal',
    [to('b@example.com'), to('a@x.example', 'b@example.org'), { ...to('b@example.com'), fromOutside: true }],
    [to('a@x.example'), { ...to('b@example.com'), ...outside }, to('b@sub.example.com')],
  ],
  [
    'direction: in',
    [outside, { ...to('b@example.com'), ...outside }],
    [{}, to('b@example.com'), { ...to('a@x.example'), fromOutside: true }],
  ],
  [
    'subject: { contains: Invoice }',
    [subject('Your invoice 5'), subject('REINVOICED'), subject('[dnf] invoice')],
    [subject('In voice'), subject(''), subject('invo'), header('x-subject', 'invoice')],
  ],
  [
    "subject: { contains: 'net  salary' }",
    [subject('net salary'), subject('Net   Salary'), subject('x net\u00a0\u00a0salary'), subject('net\tsalary')],
    [subject('netsalary'), subject('net-salary'), subject('net'), {}],
  ],
  [
    "header: { name: Keywords, contains: 'net salary' }",
    [header('keywords', 'net  salary')],
    [header('keywords', 'netsalary'), header('keyword', 'net salary'), {}],
  ],
  [
    "subject: { matches: '^RE: \\d{3}$' }",
    [subject('RE: 123')],
    [subject('RE: 12'), subject('Re: 123'), subject('x RE: 123'), subject('RE: 1234')],
  ],
  [
    'header: { name: X-Priority, contains: high }',
    [
      header('x-priority', '1 (Highest)'),
      {
        headers: [
          { name: 'x-priority', value: 'low' },
          { name: 'x-priority', value: 'High' },
        ],
      },
    ],
    [header('x-priority', 'low'), header('x-priorit', 'high'), {}],
  ],
  [
    "header: { name: Keywords, matches: '^für' }",
    [header('keywords', '=?utf-8?Q?f=C3=BCr?= alle'), header('keywords', '=?utf-8?B?ZsO8cg==?=')],
    [header('keywords', 'nicht für'), header('keywords', ''), header('comments', 'für')],
  ],
  [
    'header: { name: List-Id, present: true }',
    [header('list-id', ''), header('list-id', 'x')],
    [header('list-ids', 'x'), header('x-list-id', 'x'), {}],
  ],
  [
    "attachment: { types: [application/pdf, 'image/*'] }",
    [
      file('a'),
      file('a', 'image/png'),
      file('a.pdf', 'text/plain'),
      file('a.PDF. ', 'application/octet-stream'),
      { ...file('a.txt', 'text/plain'), ...told({ types: ['application/pdf'] }) },
      { ...file('a.zip', 'application/zip'), ...told({ path: ['in/a.jpeg'] }) },
      { ...file('a.zip', 'application/zip'), ...told({ path: ['a'], types: ['image/gif'] }) },
    ],
    [
      file('a.txt', 'application/pdf2'),
      {},
      file('a', 'imagex/png'),
      file('pdf', 'text/plain'),
      { ...file('a.zip', 'application/zip'), ...told({ path: ['image/a.txt'], types: ['text/plain'] }) },
    ],
  ],
  [
    'attachment: { types: [application/x-msdownload] }',
    [
      file('setup.exe', 'text/plain'),
      file('Setup.EXE ', 'text/plain'),
      { ...file('a.txt', 'text/plain'), ...told({ types: typesOfBytes(Buffer.from('MZ\x90\0')) }) },
      { ...file('a.zip', 'application/zip'), ...told({ path: ['inner.zip', 'b/c.dll'] }) },
    ],
    [file('exe', 'text/plain'), file('a.exe.txt', 'text/plain'), {}],
  ],
  [
    'attachment: { extensions: [exe], atLeastBytes: 2000 }',
    [file('a.exe', 'x/y', 2_000), { ...file('a.zip', 'x/y', 10), ...told({ path: ['a.exe'], sizeBytes: 2_000 }) }],
    [
      { ...file('a.zip', 'x/y', 3_000), ...told({ path: ['a.exe'], sizeBytes: 1_999 }) },
      { ...file('a.exe', 'x/y', 10), ...told({ path: ['a.txt'], sizeBytes: 2_000 }) },
      {},
    ],
  ],
  [
    'attachment: { extensions: [XLSX] }',
    [file('a.xlsx'), file('A.B.XLSX')],
    [file('a.xls'), file('xlsx'), file('a.xlsx.pdf'), {}],
  ],
  [
    'attachment: { atLeastBytes: 1000 }',
    [file('a', 'x/y', 1_000)],
    [file('a', 'x/y', 999), { sizeBytes: 5_000 }, told({ path: ['a'], sizeBytes: 5_000 }), {}],
  ],
  [
    'attachment: { name: { contains: offer } }',
    [file('The OFFER.pdf'), told({ path: ['x/Offer 5.txt'] })],
    [file('off-er.pdf'), subject('offer'), {}],
  ],
  [
    "attachment: { extensions: [pdf], name: { matches: '^AZ-\\d+' } }",
    [file('AZ-15.pdf'), told({ path: ['folder/AZ-15.pdf'] })],
    [file('AZ-15.doc'), file('x AZ-15.pdf'), file('AZ-.pdf')],
  ],
  ['attachment: {}', [file('a')], [{}, subject('attachment'), { sizeBytes: 5_000 }]],
  ['size: { atLeastBytes: 5000 }', [{ sizeBytes: 5_000 }], [{ sizeBytes: 4_999 }, {}, file('a', 'x/y', 4_000)]],
  ['label: any', [label(TENANT)], [{}, label(TENANT.replace('a', 'b')), header('msip_labels', '')]],
  [
    `label: ${LABEL.toUpperCase()}`,
    [label(TENANT)],
    [{}, label(''), header('msip_labels', label(TENANT).headers?.[0]?.value.replaceAll(LABEL, TENANT) ?? '')],
  ],
  [
    'sensitivity: private',
    [header('sensitivity', 'Private')],
    [{}, header('sensitivity', 'Personal'), header('x-sensitivity', 'private')],
  ],
  // The tests' time is on a Saturday; windows have a table of their own.
  ['time: { days: [sat], zone: Europe/Berlin }', [{}], []],
  ['all: [{ direction: out }, { subject: { contains: hello } }]', [{}], [subject('x'), to('b@example.com'), outside]],
  [
    'any: [{ direction: in }, { subject: { contains: hello } }]',
    [{}, { ...subject('x'), ...outside }],
    [subject('x'), subject('hell'), { ...subject('x'), ...to('b@example.com') }],
  ],
  [
    'none: [{ direction: in }, { subject: { contains: hello } }]',
    [subject('x'), subject('hell'), { ...subject('x'), ...to('b@example.com') }],
    [{}, { ...subject('x'), ...outside }, outside],
  ],
];

const groups = "groups: [{ name: legal, members: [alice@example.com, '@law.example.com'] }]";
const labels = `labels: { tenant: ${TENANT}, map: [{ label: ${LABEL}, template: encrypt-only }] }`;

function ruleOf(condition: string): ReturnType<typeof frameWith> {
  return frameWith(
    `${groups}\n${labels}\nrules: [{ id: a, name: A, when: { ${condition} }, then: [{ apply: do-not-forward }] }]`,
  );
}

function tried(condition: string, change: Change, nowMs = frame.nowMs): RuleOutcome {
  const [outcome] = tryOut(
    { ...bareMail, seen: { hits: [], unreadable: [] }, ...change },
    { ...ruleOf(condition), nowMs },
  ).rules;
  assert.ok(outcome);
  return outcome;
}

describe('a condition', () => {
  for (const [condition, yes, no] of cases) {
    test(condition, () => {
      for (const change of yes) assert.ok(tried(condition, change).matched, `yes ${JSON.stringify(change)}`);
      for (const change of no) assert.ok(!tried(condition, change).matched, `no ${JSON.stringify(change)}`);
    });
  }

  test('turns a rule off by unless, for the same recipient', () => {
    const both = frameWith(`rules:
  - id: a
    name: A
    when: { direction: out }
    unless: { recipient: { is: ['@partner.example'] } }
    then: [{ apply: do-not-forward }]`);
    const outcomeFor = (...texts: string[]) => tryOut({ ...bareMail, ...to(...texts) }, both).rules[0];
    assert.deepEqual(outcomeFor('a@partner.example')?.matched, false);
    assert.deepEqual(outcomeFor('a@partner.example', 'b@example.com')?.matched, false);
    assert.deepEqual(outcomeFor('a@partner.example', 'b@x.example', 'c@x.example')?.recipients, [1, 2]);
  });

  test('tells which leaf held, and where, without giving away what was found', () => {
    const { when } = tried('any: [{ subject: { contains: secret-word } }, { sender: { is: [alice@example.com] } }]', {
      subject: 'A Secret-Word',
    });
    assert.equal(when?.holds, true);
    assert.deepEqual(
      when?.of?.map(({ says, holds, places }) => [says, holds, places?.map(({ where }) => where)]),
      [
        ['subject contains “secret-word”', true, ['subject']],
        ['sender is alice@example.com', true, ['sender']],
      ],
    );
    assert.doesNotMatch(JSON.stringify(when?.of?.map(({ places }) => places)), /ecret|lice@/);
  });
});

describe('a window of time', () => {
  const at = (text: string): number => Date.parse(text);
  const windows: readonly [condition: string, yes: readonly string[], no: readonly string[]][] = [
    [
      "time: { from: '08:00', to: '18:00', zone: UTC }",
      ['2026-11-21T08:00:00Z', '2026-11-21T17:59:59Z'],
      ['2026-11-21T07:59:59Z', '2026-11-21T18:00:00Z', '2026-11-21T00:00:00Z'],
    ],
    [
      "time: { from: '18:00', to: '07:00', zone: UTC }",
      ['2026-11-21T18:00:00Z', '2026-11-21T00:00:00Z', '2026-11-21T06:59:59Z'],
      ['2026-11-21T07:00:00Z', '2026-11-21T17:59:59Z', '2026-11-21T12:00:00Z'],
    ],
    // Over midnight, the window belongs to the day on which it begins: the 20th is a Friday.
    [
      "time: { days: [fri], from: '18:00', to: '07:00', zone: UTC }",
      ['2026-11-20T18:00:00Z', '2026-11-21T06:59:00Z'],
      ['2026-11-20T06:00:00Z', '2026-11-21T18:00:00Z', '2026-11-21T07:00:00Z'],
    ],
    [
      'time: { days: [sat, sun], zone: Europe/Berlin }',
      ['2026-11-20T23:00:00Z', '2026-11-22T22:59:00Z'],
      ['2026-11-20T22:59:59Z', '2026-11-22T23:00:00Z', '2026-11-18T12:00:00Z'],
    ],
    // In Berlin the clocks go back on the 25th of October 2026, and half past two comes twice.
    [
      "time: { from: '02:00', to: '03:00', zone: Europe/Berlin }",
      ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-07-01T00:30:00Z'],
      ['2026-10-25T02:30:00Z', '2026-10-24T23:59:00Z', '2026-07-01T01:30:00Z'],
    ],
    [
      "time: { from: '00:00', to: '00:01', zone: Asia/Kathmandu }",
      ['2026-11-20T18:15:30Z'],
      ['2026-11-20T18:16:00Z', '2026-11-20T18:14:59Z', '2026-11-20T00:00:00Z'],
    ],
    [
      "time: { days: [mon], from: '22:00', to: '06:00', zone: America/New_York }",
      ['2026-11-24T03:00:00Z', '2026-11-24T10:59:00Z'],
      ['2026-11-24T11:00:00Z', '2026-11-23T10:00:00Z', '2026-11-25T03:00:00Z'],
    ],
  ];
  for (const [condition, yes, no] of windows) {
    test(condition, () => {
      for (const time of yes) assert.ok(tried(condition, {}, at(time)).matched, time);
      for (const time of no) assert.ok(!tried(condition, {}, at(time)).matched, time);
    });
  }
});

describe('what is looked for in texts', () => {
  const frameOf = (condition: string, state = 'on') =>
    frameWith(`lists:
  - { name: projects, words: [Bluebird] }
  - { name: numbers, pattern: 'AZ-\\d+', ignoreCase: true }
rules: [{ id: a, name: A, state: ${state}, when: { ${condition} }, then: [{ apply: do-not-forward }] }]`);
  const looks: readonly [condition: string, what: object][] = [
    ['detector: { is: iban }', { kind: 'detector', name: 'iban' }],
    ['list: { is: projects }', { kind: 'words', words: ['Bluebird'] }],
    ['list: { is: numbers }', { kind: 'pattern', pattern: 'AZ-\\d+', ignoreCase: true }],
    ['text: { contains: secret }', { kind: 'phrase', phrase: 'secret' }],
    ["text: { matches: 'a+b' }", { kind: 'pattern', pattern: 'a+b', ignoreCase: false }],
  ];
  for (const [condition, what] of looks) {
    test(`is named by ${condition}`, () => {
      assert.deepEqual(
        frameOf(condition).policy.looks.map((look) => look.what),
        [what],
      );
      assert.deepEqual(
        frameOf(condition, 'shadow').policy.looks.map((look) => look.what),
        [what],
      );
      assert.deepEqual(frameOf(condition, 'off').policy.looks, []);
    });
  }

  test('is named once, however many rules ask for it, each thing under its own name', () => {
    const { policy } = frameOf(
      'any: [{ detector: { is: iban } }, { detector: { is: iban, atLeast: 5 } }, { text: { contains: a } }]',
    );
    assert.equal(policy.looks.length, 2);
    assert.equal(new Set(policy.looks.map(({ id }) => id)).size, 2);
  });

  test('a subject is read as contents are: unseen letters, and ones that look alike, hide nothing', () => {
    const hiding = ['se\u200bcret', 'ＳＥＣＲＥＴ', 'se\u00adcret'];
    for (const subject of hiding) {
      assert.equal(tried('subject: { contains: secret }', { subject }).matched, true, subject);
      const [place] = tried("subject: { matches: '(?i)secret' }", { subject }).when?.places ?? [];
      assert.ok(place, subject);
      assert.doesNotMatch(place.masked, /secret/i);
    }
  });

  test('is nothing where rules look at nothing but the head', () => {
    assert.deepEqual(frameOf('subject: { contains: x }').policy.looks, []);
    assert.deepEqual(frame.policy.looks, []);
  });

  test('whether parts can be read is found out by reading them, though nothing is looked for', () => {
    const condition = 'unreadable: [encrypted]';
    for (const state of ['on', 'shadow'] as const) {
      const { policy } = frameOf(condition, state);
      assert.deepEqual([policy.looks, policy.readsContent], [[], true]);
    }
    assert.equal(frameOf(condition, 'off').policy.readsContent, false);
    assert.equal(frameOf('subject: { contains: x }').policy.readsContent, false);
    const { seen: _, ...unread } = bareMail;
    assert.throws(() => tryOut(unread, frameOf(condition)), /before it was looked through/);
  });

  const hit = (
    count: number,
    source: 'subject' | 'body' | 'attachments' = 'body',
    look = 'detector:0',
  ): Seen['hits'][number] => ({
    look,
    source,
    count,
    places: [{ source, part: source === 'attachments' ? 2 : 0, path: [], masked: '•••• 1111' }],
  });
  const seen = (...hits: Seen['hits']): Change => ({ seen: { hits, unreadable: [] } });
  const matched = (condition: string, change: Change): RuleOutcome | undefined =>
    tryOut({ ...bareMail, ...change }, frameOf(condition)).rules[0];

  test('is counted over the places that are named, and over no other', () => {
    const condition = 'detector: { is: payment-card, atLeast: 3, in: [body, attachments] }';
    for (const yes of [seen(hit(3)), seen(hit(2), hit(1, 'attachments')), seen(hit(50, 'attachments'))]) {
      assert.equal(matched(condition, yes)?.matched, true);
    }
    for (const no of [
      seen(),
      seen(hit(2)),
      seen(hit(3, 'subject')),
      seen(hit(2), hit(5, 'subject')),
      seen(hit(3, 'body', 'detector:1')),
    ]) {
      assert.equal(matched(condition, no)?.matched, false);
    }
  });

  test('is told with its number and its masked places', () => {
    const outcome = matched('detector: { is: payment-card, atLeast: 3 }', seen(hit(2), hit(4, 'attachments')));
    assert.deepEqual(outcome?.when, {
      says: 'at least 3 payment-card in subject, body, attachments',
      holds: true,
      there: '6 found',
      places: [
        { where: 'body', part: 0, path: [], masked: '•••• 1111' },
        { where: 'attachments', part: 2, path: [], masked: '•••• 1111' },
      ],
    });
  });

  test('is a fault where nobody looked: a mail that was not read must not pass for a clean one', () => {
    assert.throws(() => matched('detector: { is: iban }', {}), /before it was looked through/);
  });

  const unreadable = (why: Seen['unreadable'][number]['why']): Change => ({
    seen: { hits: [], unreadable: [{ part: 1, path: ['a.zip'], why }] },
  });

  test('may be a part that cannot be read, for the reasons that are named', () => {
    const condition = 'unreadable: [encrypted, broken]';
    for (const why of ['encrypted', 'broken'] as const)
      assert.equal(matched(condition, unreadable(why))?.matched, true);
    for (const why of ['too-large', 'too-slow', 'too-deep', 'unknown-kind'] as const) {
      assert.equal(matched(condition, unreadable(why))?.matched, false);
    }
    assert.equal(matched(condition, seen())?.matched, false);
    assert.deepEqual(matched(condition, unreadable('broken'))?.when?.places, [
      { where: 'attachments', part: 1, path: ['a.zip'], masked: 'broken' },
    ]);
  });
});
