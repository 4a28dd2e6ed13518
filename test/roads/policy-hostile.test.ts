// A policy as large as may be, with rules that look into everything, and mails made to use it up: each is answered by what
// could not be read, no worker is lost to a pattern, and the next mail finds the program as it was.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { detectorNames } from '../../server/detect/look.ts';
import { policyLimits } from '../../server/policy/policy-limits.ts';
import { charsetSamples } from '../inspect/charset-samples.ts';
import { zip } from '../inspect/zip.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { bombDocx, laughingDocx, lyingDocx } from '../viewing/samples.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { ALICE, BOB, mailWith } from './mails.ts';

const REASONS = ['encrypted', 'broken', 'too-large', 'too-slow', 'too-deep'] as const;
/** What other engines go through for hours; here each is told in linear time. */
const PATTERNS = ['^(a+)+$', '(a|aa)+b', '(a*)*c', '^(([a-z])+.)+[A-Z]([a-z])+$'];

/** The refusals first, then detectors and patterns, and what is left of the thousand. */
const rules = [
  ...REASONS.map((why) => ({
    id: `un-${why}`,
    name: `Unreadable ${why}`,
    when: { unreadable: [why] },
    then: [{ refuse: 'It cannot be read.' }],
  })),
  ...detectorNames.map((is) => ({ id: is, name: is, when: { detector: { is } }, then: [{ deliver: 'portal' }] })),
  ...PATTERNS.map((matches, n) => ({
    id: `pattern-${n}`,
    name: `Pattern ${n}`,
    when: { text: { matches, in: ['body', 'attachments'] } },
    then: [{ deliver: 'portal' }],
  })),
];
const filling = Array.from({ length: policyLimits.rulesMax - rules.length }, (_, n) => ({
  id: `fill-${n}`,
  name: `Fill ${n}`,
  when: { any: [{ subject: { matches: `^case ${n}-[0-9]+$` } }, { header: { name: 'X-Case', contains: `${n}` } }] },
  then: [{ apply: 'do-not-forward' }],
}));

describe('a policy of a thousand rules', () => {
  let running: Running;
  let admin: ApiClient;

  before(async () => {
    running = await startProgram();
    admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    await save([...rules, ...filling]);
  });
  after(() => running.stop());

  async function save(some: readonly object[]): Promise<void> {
    const saved = await admin.sendJson('/policy', { format: 1, rules: some }, { 'if-match': '*' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
  }

  const withFile = (filename: string, content: Buffer): Promise<string> =>
    submit(running.smtpPort, { from: ALICE, to: [BOB], raw: mailWith({ attachments: [{ filename, content }] }) });

  const bombs: readonly (readonly [says: string, why: string, filename: string, content: () => Buffer])[] = [
    ['a document type that laughs a thousand million times', 'broken', 'a.docx', laughingDocx],
    ['a document that holds more than it says', 'broken', 'a.docx', lyingDocx],
    ['a document with a bomb beside its text', 'too-large', 'a.docx', () => bombDocx(20_000_000)],
    [
      'an archive that swells a thousandfold',
      'too-large',
      'a.zip',
      () => zip([{ name: 'a', content: Buffer.alloc(15e6) }]),
    ],
    ['archives in archives', 'too-deep', 'a.zip', () => nested(12)],
  ];
  for (const [says, why, filename, content] of bombs) {
    test(`refuses ${says} for what cannot be read, and takes the next mail`, async () => {
      assert.equal(
        await withFile(filename, content()),
        `554 5.7.1 Refused by the rule "Unreadable ${why}": It cannot be read.`,
      );
      assert.match(await withFile('a.txt', Buffer.from('Nothing special.')), /^250 /);
    });
  }

  test('finishes with texts that patterns run away on, and loses no worker to them', async () => {
    for (const body of ['a'.repeat(100_000), `${'a'.repeat(50_000)}!`, `${'ab'.repeat(50_000)}\u00e9`]) {
      // Lines of a mail have their limit, and a pattern none.
      const raw = plainMail({
        headers: ['Content-Transfer-Encoding: base64'],
        body: Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n'),
      });
      assert.match(await submit(running.smtpPort, { from: ALICE, to: [BOB], raw }), /^250 /);
    }
    assert.doesNotMatch(running.logged(), /inspect\.worker-lost/);
  });

  test('of 10,000 rules is not one: it is refused, and the one before stays in force', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({ id: `r-${n}`, name: 'R', then: [{ deliver: 'best' }] }));
    const before = (await admin.get('/policy')).headers.get('etag');
    const answer = await admin.sendJson('/policy', { format: 1, rules: many }, { 'if-match': '*' }, 'PUT');
    assertProblem(answer, 422, 'request/malformed');
    assert.match(answer.text, /larger than 1000/);
    assert.equal((await admin.get('/policy')).headers.get('etag'), before);
  });

  test('finds a word in each of the charsets that mails and files are written in', async () => {
    const wordOf = (text: string): string => /[\p{L}\p{M}\p{N}]{2,}/u.exec(text)?.[0] ?? text;
    const samples = charsetSamples.map((sample, n) => ({ ...sample, rule: `charset-${n}`, word: wordOf(sample.text) }));
    assert.ok(new Set(samples.map(({ charset }) => charset)).size >= 30);
    for (const source of ['body', 'attachments'] as const) {
      await save(
        samples.map(({ rule, word }) => ({
          id: rule,
          name: rule,
          when: { all: [{ subject: { contains: `${rule}.` } }, { text: { contains: word, in: [source] } }] },
          then: [{ refuse: 'Found.' }],
        })),
      );
      for (const { charset, rule, bytes } of samples) {
        const type = `text/plain; charset="${charset}"`;
        const content =
          source === 'attachments'
            ? mailWith({ subject: `${rule}.`, attachments: [{ filename: 'a.txt', content: bytes, type }] })
            : textMail(`${rule}.`, type, bytes);
        const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw: content });
        assert.equal(reply, `554 5.7.1 Refused by the rule "${rule}": Found.`, `${charset} in ${source}`);
      }
    }
  });
});

function nested(depth: number): Buffer {
  let archive: Buffer = Buffer.from('In the midst.');
  for (let level = 0; level < depth; level += 1) archive = zip([{ name: `${level}.zip`, content: archive }]);
  return archive;
}

function textMail(subject: string, type: string, content: Buffer): string {
  return [
    `From: ${ALICE}`,
    `To: ${BOB}`,
    `Subject: ${subject}`,
    `Message-ID: <${Math.random().toString(36).slice(2)}@example.com>`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    '',
    content.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '',
  ].join('\r\n');
}
