// A policy's document: what is taken, in which spelling it is kept, and that each fault is named with its path.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHash } from 'node:crypto';
import { FAULTS_MAX } from '../../server/core/document-faults.ts';
import { PolicyFaults } from '../../server/policy/document-faults.ts';
import { emptyPolicyDocument, parsePolicyDocument } from '../../server/policy/document.ts';
import type { PolicyDocument } from '../../server/policy/document.ts';
import { readDocumentText, writeDocumentText } from '../../server/policy/document-text.ts';
import { policyLimits } from '../../server/policy/policy-limits.ts';
import { fullDocument } from './documents.ts';

describe('a policy’s document', () => {
  test('is read from YAML, and from the same as JSON', () => {
    const fromYaml = parsed(fullDocument);
    assert.equal(fromYaml.rules.length, 4);
    assert.deepEqual(parsed(JSON.stringify(readDocumentText(fullDocument), null, '\t')), fromYaml);
  });

  test('comes back as it was from what is written', () => {
    const document = parsed(fullDocument);
    assert.deepEqual(parsed(writeDocumentText(document)), document);
    assert.deepEqual(parsed(JSON.stringify(document)), document);
    assert.equal(writeDocumentText(parsed(writeDocumentText(document))), writeDocumentText(document));
  });

  test('is kept in one spelling, with its defaults', () => {
    const document = parsed(fullDocument);
    assert.deepEqual(document.groups[0]?.members, ['alice@example.com', '@law.example.com', '@*.law.example.com']);
    assert.deepEqual(document.rules[1]?.then, [{ bypass: { host: 'mx.partner.example', port: 25 } }]);
    assert.equal(document.rules[3]?.state, 'on');
    assert.deepEqual(document.rules[0]?.then[5], { reviewer: 'reviewer@example.com' });
  });

  test('keeps of a secret its digest only', () => {
    const { secretHeader } = parsed(fullDocument).labels;
    const digest = createHash('sha256').update('a-long-enough-secret').digest('hex');
    assert.deepEqual(secretHeader, { name: 'x-connector', sha256: digest });
  });

  test('may be empty but for its format', () => {
    assert.deepEqual(parsed('format: 1'), emptyPolicyDocument);
    assert.deepEqual(emptyPolicyDocument, {
      format: 1,
      templates: [],
      labels: { requireStamp: false, map: [], sensitivity: {} },
      groups: [],
      lists: [],
      rules: [],
    });
  });

  const faulty: readonly [says: string, text: string, faults: readonly string[]][] = [
    ['nothing', '', ['the document cannot be read as YAML or JSON']],
    ['no object', '5', ['the document is of another type']],
    ['another format', 'format: 2', ['format is none of 1']],
    ['an unknown part', 'format: 1\nrule: []', ['rule is not known here']],
    ['__proto__', 'format: 1\n__proto__: {}', ['__proto__ is not known here']],
    [
      'an unknown template',
      rule('then: [{ apply: nothing }]'),
      ['rules[0].then[0].apply is not the name of a template'],
    ],
    ['a built-in that is no property', rule('then: [{ apply: constructor }]'), ['rules[0].then[0].apply is not']],
    [
      'an unknown group',
      rule('when: { none: [{ senderGroup: x }] }'),
      ['rules[0].when.none[0].senderGroup is not the name'],
    ],
    ['an unknown list', rule('unless: { list: { is: x } }'), ['rules[0].unless.list.is is not the name of a list']],
    ['an unknown brand', rule('then: [{ brand: x }]'), ['rules[0].then[0].brand is not the name of a brand']],
    [
      'an unknown detector',
      rule('when: { detector: { is: x } }'),
      ['rules[0].when.detector.is is none of payment-card'],
    ],
    ['two in one action', rule('then: [{ brand: default, deliver: best }]'), ['rules[0].then[0] needs exactly one of']],
    ['an empty action', rule('then: [{}]'), ['rules[0].then[0] needs exactly one of']],
    [
      'an unknown action',
      rule('then: [{ expire: 7d }]'),
      ['rules[0].then[0].expire is not known', 'rules[0].then[0] needs'],
    ],
    ['two in one condition', rule('when: { label: any, direction: out }'), ['rules[0].when holds 2 conditions']],
    ['an empty condition', rule('when: {}'), ['rules[0].when holds no condition']],
    ['all of nothing', rule('when: { all: [] }'), ['rules[0].when.all is smaller than 1']],
    [
      'nine levels',
      rule(`when: ${'{ all: ['.repeat(8)}{ label: any }${'] }'.repeat(8)}`),
      ['rules[0].when is more than 8'],
    ],
    ['neither contains nor matches', rule('when: { subject: {} }'), ['rules[0].when.subject needs exactly one of']],
    [
      'a hidden header',
      rule('when: { header: { name: "a b", present: true } }'),
      ['rules[0].when.header.name is not the'],
    ],
    [
      'present: false',
      rule('when: { header: { name: a, present: false } }'),
      ['rules[0].when.header.present is none of'],
    ],
    ['no address', rule('when: { sender: { is: [bob] } }'), ['rules[0].when.sender.is[0] is neither an address']],
    [
      'a domain with a star in it',
      rule('when: { sender: { is: ["@a.*.com"] } }'),
      ['rules[0].when.sender.is[0] is neither'],
    ],
    ['no label', rule('when: { label: Confidential }'), ['rules[0].when.label is not a GUID']],
    [
      'a zone of nowhere',
      rule('when: { time: { days: [mon], zone: Europe/Nowhere } }'),
      ['rules[0].when.time.zone is not a zone'],
    ],
    ['half a window', rule('when: { time: { from: "18:00", zone: UTC } }'), ['rules[0].when.time needs both']],
    [
      'a window of nothing',
      rule('when: { time: { from: "18:00", to: "18:00", zone: UTC } }'),
      ['rules[0].when.time ends'],
    ],
    [
      '25 o’clock',
      rule('when: { time: { from: "25:00", to: "18:00", zone: UTC } }'),
      ['rules[0].when.time.from is not a time'],
    ],
    [
      'more than it allows',
      rule('when: { recipients: { atLeast: 3, atMost: 2 } }'),
      ['rules[0].when.recipients asks for more'],
    ],
    ['a span of nothing', rule('then: [{ expires: 0d }]'), ['rules[0].then[0].expires is not a time']],
    ['an unknown sign-in', rule('then: [{ signIn: [sms] }]'), ['rules[0].then[0].signIn[0] is none of code']],
    [
      'no approvers',
      rule('then: [{ hold: { approvers: [] } }]'),
      ['rules[0].then[0].hold.approvers is smaller than 1'],
    ],
    ['a refusal of two lines', rule('then: [{ refuse: "a\\nb" }]'), ['rules[0].then[0].refuse holds line ends']],
    [
      'an address as a host',
      rule('then: [{ bypass: { host: 10.0.0.1 } }]'),
      ['rules[0].then[0].bypass.host is not the name'],
    ],
    [
      'one id twice',
      'format: 1\nrules:\n  - &a { id: a, name: A, then: [{ deliver: best }] }\n  - *a',
      ['the document cannot be'],
    ],
    ['equal ids', `${rule()}\n  - { id: a, name: B, then: [{ deliver: best }] }`, ['rules[1].id is there before']],
    ['a built-in name', template('name: do-not-forward'), ['templates[0].name is the name of a built-in protection']],
    ['a reserved name', template('name: limited'), ['templates[0].name is the name of a built-in protection']],
    ['a name with blanks', template('name: my own'), ['templates[0].name is not made of lower-case words']],
    ['731 days', template('expiry: { days: 731 }'), ['templates[0].expiry.days is larger than 730']],
    [
      'days and until',
      template('expiry: { days: 1, until: 2027-01-31 }'),
      ['templates[0].expiry needs exactly one of'],
    ],
    ['a day there is not', template('expiry: { until: 2027-02-31 }'), ['templates[0].expiry.until is not a date']],
    ['an unknown right', template('rights: [read]'), ['templates[0].rights[0] is none of reply']],
    [
      'an unmapped template',
      labels('map: [{ label: 11111111-2222-4333-8444-555555555555, template: x }]'),
      ['labels.map[0].template is not'],
    ],
    [
      'a label without form',
      labels('map: [{ label: 1-2, template: encrypt-only }]'),
      ['labels.map[0].label is not a GUID'],
    ],
    [
      'an unknown sensitivity',
      labels('sensitivity: { secret: encrypt-only }'),
      ['labels.sensitivity.secret is not known here'],
    ],
    [
      'a guessable secret',
      labels('secretHeader: { name: x, value: short }'),
      ['labels.secretHeader.value is smaller than 16'],
    ],
    [
      'a digest that is none',
      labels('secretHeader: { name: x, sha256: abc }'),
      ['labels.secretHeader.sha256 is not a SHA-256'],
    ],
    [
      'words and a pattern',
      'format: 1\nlists: [{ name: a, words: [b], pattern: c }]',
      ['lists[0] needs exactly one of'],
    ],
    [
      'a key twice',
      'format: 1\nformat: 1',
      ['the document cannot be read as YAML or JSON: duplicated mapping key (line 2, column 1)'],
    ],
    ['a key twice in JSON', '{"format":1,"format":1}', ['the document cannot be read as YAML or JSON: duplicated']],
    ['a tag', 'format: !!js/function "x"', ['the document cannot be read as YAML or JSON: unknown scalar tag']],
    ['two documents', 'format: 1\n---\nformat: 1', ['the document cannot be read as YAML or JSON']],
    ['an alias', 'format: &a 1\nrules: *a', ['the document cannot be read as YAML or JSON']],
  ];
  for (const [says, text, faults] of faulty) {
    test(`is refused with ${says}`, () => {
      const found = faultsOf(text);
      assert.equal(found.length, faults.length, found.join('\n'));
      for (const [n, expected] of faults.entries()) assert.ok(found[n]?.startsWith(expected), found.join('\n'));
    });
  }

  test('is refused whole, with all its faults at once', () => {
    const text = `${rule('then: [{ apply: nothing }, { brand: x }]')}\n  - { id: b, name: B, when: { senderGroup: c }, then: [{ apply: x }] }`;
    assert.deepEqual(
      faultsOf(text).map((line) => line.split(' ')[0]),
      ['rules[0].then[0].apply', 'rules[0].then[1].brand', 'rules[1].when.senderGroup', 'rules[1].then[0].apply'],
    );
  });

  test('may not let a template outlast EXPIRY_DAYS_MAX, but may let it never end', () => {
    const around = { expiryDaysMax: 90 };
    const faults = (days: number) => faultsOf(template(`expiry: { days: ${days} }`), around);
    assert.deepEqual(faults(90), []);
    assert.deepEqual(faults(0), []);
    assert.deepEqual(faults(91), ['templates[0].expiry.days is more than the 90 days this server allows']);
  });

  test('tells no value in a fault', () => {
    const secret = labels('secretHeader: { name: x, value: "hunter2" }');
    assert.doesNotMatch(faultsOf(secret).join(), /hunter2/);
    assert.doesNotMatch(faultsOf('format: 1\nx: "hunter2').join(), /hunter2/);
  });
});

describe('a document that would wear the server out', () => {
  const bombs: readonly [says: string, text: string][] = [
    [
      'aliases of aliases',
      `a: &a [x, x]\n${'bcdefghij'.replace(/./g, (key, at: number) => `${key}: &${key} [*${'abcdefghij'[at]}, *${'abcdefghij'[at]}]\n`)}`,
    ],
    ['brackets', '['.repeat(1_000_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['dashes', '- '.repeat(500_000)],
    ['question marks', '? '.repeat(500_000)],
    ['stairs', Array.from({ length: 1_500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    ['more bytes than there may be', `format: 1 #${' '.repeat(policyLimits.documentBytesMax)}`],
    ['deep JSON', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ];
  for (const [says, text] of bombs) {
    test(`is refused: ${says}`, () => {
      assert.equal(faultsOf(text).length, 1);
    });
  }

  test('is refused when it was read already and is deep', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    assert.throws(() => parsePolicyDocument({ format: 1, rules: deep }), PolicyFaults);
  });

  test('is refused with 10,000 rules, and told of no more faults than can be read', () => {
    const rules = Array.from({ length: 10_000 }, (_, n) => ({
      id: `r-${n}`,
      name: 'R',
      then: [{ apply: 'encrypt-only' }],
    }));
    assert.deepEqual(faultsOf(JSON.stringify({ format: 1, rules })), ['rules is larger than 1000']);
    const wrong = Array.from({ length: 1_000 }, () => ({ id: 'A', name: '', then: [] }));
    assert.equal(faultsOf(JSON.stringify({ format: 1, rules: wrong })).length, FAULTS_MAX);
  });
});

function rule(more = 'state: on'): string {
  const then = more.startsWith('then') ? '' : '\n    then: [{ deliver: best }]';
  return `format: 1\nrules:\n  - id: a\n    name: A${then}\n    ${more}`;
}

function template(more: string): string {
  const others = ['name: own', 'title: Own', 'rights: [reply]'].filter(
    (line) => !more.startsWith(line.split(':')[0] ?? ''),
  );
  return `format: 1\ntemplates:\n  - { ${[...others, more].join(', ')} }`;
}

function labels(more: string): string {
  return `format: 1\nlabels:\n  ${more}`;
}

function parsed(text: string): PolicyDocument {
  return parsePolicyDocument(readDocumentText(text), { brands: ['default'] });
}

function faultsOf(text: string, around: { expiryDaysMax?: number } = {}): string[] {
  try {
    parsePolicyDocument(readDocumentText(text), { brands: ['default'], ...around });
    return [];
  } catch (error) {
    assert.ok(error instanceof PolicyFaults);
    return error.faults.map(({ path, says }) => `${path === '' ? 'the document' : path} ${says}`);
  }
}
