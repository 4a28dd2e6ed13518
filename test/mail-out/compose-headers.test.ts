// Owns the proof that no text from outside can become a header, a recipient or a name that it is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import type { AddressObject } from 'mailparser';
import { composeMail, composeStream } from '../../server/mail/compose.ts';
import type { OutgoingMail } from '../../server/mail/compose.ts';
import { address } from './courier-bench.ts';

const FROM = address('sealpost@example.com');
const BOB = address('bob@example.net');
const plain: OutgoingMail = {
  from: { address: FROM, name: 'Alice Example via Example Ltd' },
  to: { address: BOB, name: 'Bob' },
  replyTo: { address: address('alice@example.com'), name: 'Alice Example' },
  subject: 'A message for you',
  text: 'Hello',
  mailId: '<01jd7q3xk5v9w2y8z4b6c0n1mh@example.com>',
  date: new Date('2026-11-24T10:00:00Z'),
  loopMark: 'example.com',
};

test('a mail says who, when and that a program wrote it', async () => {
  const raw = (await composeMail(plain)).toString();
  const fields = headerFields(raw);
  assert.deepEqual(fields, [
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'X-Sealpost-Loop: example.com',
    'From: Alice Example via Example Ltd <sealpost@example.com>',
    'To: Bob <bob@example.net>',
    'Reply-To: Alice Example <alice@example.com>',
    'Subject: A message for you',
    'Message-ID: <01jd7q3xk5v9w2y8z4b6c0n1mh@example.com>',
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    'Content-Transfer-Encoding: 7bit',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ]);
});

test('a thread is continued, its odd ids left out', async () => {
  const inReplyTo = '<CAF+x=1@mail.example.org>';
  const references = [
    '<first@example.org>',
    'no brackets',
    '<no-at>',
    '<a b@example.org>',
    '<a@b>, <evil@example.org>',
    '<>',
    inReplyTo,
  ];
  const raw = (await composeMail({ ...plain, inReplyTo, references })).toString();
  assert.ok(headerFields(raw).includes(`In-Reply-To: ${inReplyTo}`));
  assert.ok(headerFields(raw).includes(`References: <first@example.org> ${inReplyTo}`));
  const odd = (await composeMail({ ...plain, inReplyTo: '<no-at>', references: ['?'] })).toString();
  assert.doesNotMatch(odd, /In-Reply-To|References/);
});

test('of a very long thread the first and the last ids go along', async () => {
  const references = Array.from({ length: 500 }, (_, n) => `<${n}.${'x'.repeat(100)}@example.org>`);
  const raw = (await composeMail({ ...plain, references })).toString();
  const field = headerFields(raw).find((one) => one.startsWith('References: ')) ?? '';
  const ids = field.slice('References: '.length).split(' ');
  assert.equal(ids.length, 30);
  assert.deepEqual([ids[0], ids[1], ids[29]], [references[0], references[471], references[499]]);
});

const controls = ['\r\n', '\r', '\n', '\0', '\t', '\v', '\f', '\x1b', '\x7f', '\x85', '\x9f', '\u2028', '\u2029'];
const injection = (control: string): string => `Alice${control}Bcc: eve@example.org`;

test('a control character in any field is an error that does not repeat it', async () => {
  for (const control of controls) {
    const text = injection(control);
    const bad: [string, Partial<OutgoingMail>][] = [
      ['from', { from: { address: FROM, name: text } }],
      [
        'to',
        {
          to: [
            { address: BOB, name: 'Bob' },
            { address: BOB, name: text },
          ],
        },
      ],
      ['cc', { cc: [{ address: BOB, name: text }] }],
      ['replyTo', { replyTo: { address: BOB, name: text } }],
      ['subject', { subject: text }],
      ['mailId', { mailId: `<a${control}@example.com>` }],
      ['inReplyTo', { inReplyTo: `<a@example.com>${control}Bcc: <eve@example.org>` }],
      ['references', { references: ['<a@example.com>', `<b@example.com>${control}Bcc: <eve@example.org>`] }],
      ['loopMark', { loopMark: text }],
      ['filename', { attachments: [{ filename: text, contentType: 'image/png', content: Buffer.from('x') }] }],
      [
        'cid',
        { html: 'x', inline: [{ cid: text, filename: 'x.png', contentType: 'image/png', content: Buffer.from('x') }] },
      ],
    ];
    for (const [field, change] of bad) {
      const compose = () => composeStream({ ...plain, ...change });
      assert.throws(
        compose,
        (error) => error instanceof Error && !error.message.includes('eve'),
        `${JSON.stringify(control)} in ${field}`,
      );
      await assert.rejects(composeMail({ ...plain, ...change }));
    }
  }
});

test('an address that is none is an error', () => {
  const bad = [
    '',
    'bob',
    'bob@example.net, eve@example.org',
    'bob@example.net\r\n',
    '"b o b"@example.net',
    'group: bob@example.net;',
    'böb@example.net',
    'bob@exämple.net',
    'bob@[127.0.0.1]',
    '<bob@example.net>',
  ];
  for (const text of bad) {
    // A caller that broke the type: the guard at run time is what is tested.
    const box = { address: text as typeof BOB, name: '' };
    for (const change of [{ to: box }, { to: [box] }, { from: box }, { cc: [box] }, { replyTo: box }]) {
      assert.throws(() => composeStream({ ...plain, ...change }), /is not an address/, text);
    }
  }
});

test('a message id, a loop mark or a date that is none is an error', () => {
  for (const mailId of ['', 'a@b', '<a>', '<@>', '<a@b> <c@d>', '<a@b>>', '<a@b(c)>', `<${'a'.repeat(300)}@b>`]) {
    assert.throws(() => composeStream({ ...plain, mailId }), /Message-ID/, mailId);
  }
  for (const loopMark of ['', ' x', 'x ', 'Ex\u00e4mple', '=?utf-8?Q?x?=', 'x'.repeat(300)]) {
    assert.throws(() => composeStream({ ...plain, loopMark }), /loop mark/, loopMark);
  }
  assert.throws(() => composeStream({ ...plain, date: new Date('never') }), /Date/);
  assert.throws(() => composeStream({ ...plain, subject: 'x'.repeat(1_000) }), /longer than/);
  assert.throws(() => composeStream({ ...plain, from: { address: FROM, name: 'x'.repeat(201) } }), /longer than/);
});

const names = [
  'Example, Alice',
  'Alice "The Boss" Example',
  'Alice \\',
  'Alice <eve@example.org>',
  'eve@example.org',
  'Team: eve@example.org;',
  '(comment) Alice',
  'Alice; Bob, eve@example.org',
  'Zoë "Ψ" Müller, eve@example.org <x@y.example>',
  '日本太郎 <eve@example.org>, "日本"',
  '👩‍💻'.repeat(20),
  '=?utf-8?Q?Bank_=3Ceve=40example=2Eorg=3E?=',
  'A =?utf-8?B?ZXZlQGV4YW1wbGUub3Jn?= B',
  'é =?utf-8?Q?=0D=0ABcc:_eve=40example.org?=',
  '--boundary',
  '%0d%0aBcc: eve@example.org',
  "O'Neill",
  'lone \ud800 surrogate',
  ' ',
  '',
];

for (const name of names) {
  test(`${JSON.stringify(name)} as a name or a subject stays one`, async () => {
    const raw = await composeMail({
      ...plain,
      from: { address: FROM, name },
      to: [
        { address: BOB, name },
        { address: address('carol@example.net'), name },
      ],
      replyTo: { address: BOB, name },
      subject: name,
    });
    const meant = name.replaceAll('=?', '= ?').replace('\ud800', '\ufffd');
    const parsed = await simpleParser(raw);
    assert.deepEqual(mailboxes(parsed.from), [[FROM, meant.trim()]]);
    assert.deepEqual(mailboxes(parsed.to), [
      [BOB, meant.trim()],
      ['carol@example.net', meant.trim()],
    ]);
    assert.deepEqual(mailboxes(parsed.replyTo), [[BOB, meant.trim()]]);
    assert.equal(parsed.subject ?? '', meant.trim());
    assert.equal(parsed.bcc, undefined);
    const allowed =
      /^(?:Auto-Submitted|X-Auto-Response-Suppress|X-Sealpost-Loop|From|To|Reply-To|Subject|Message-ID|Date|Content-Transfer-Encoding|MIME-Version|Content-Type): /;
    for (const field of headerFields(raw.toString())) assert.match(field, allowed);
  });
}

test('whatever is in names and subject, the fields and recipients stay the same', async () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      ...'aZ0 ,;:<>@"\\()[]=?_.-%\'é日👩\u202e\u00a0',
      '=?utf-8?Q?',
      '?=',
      'eve@example.org',
      '\ud83d',
    ),
    maxLength: 60,
  });
  const check = async (name: string, subject: string): Promise<void> => {
    const raw = await composeMail({ ...plain, from: { address: FROM, name }, to: { address: BOB, name }, subject });
    const parsed = await simpleParser(raw);
    assert.deepEqual(
      mailboxes(parsed.from).map(([one]) => one),
      [FROM],
    );
    assert.deepEqual(
      mailboxes(parsed.to).map(([one]) => one),
      [BOB],
    );
    assert.equal(headerFields(raw.toString()).filter((field) => /^(?:From|To|Subject):/.test(field)).length >= 2, true);
    assert.equal(
      raw
        .toString('latin1')
        .split('\r\n')
        .every((line) => /^[\t -~]{0,998}$/.test(line)),
      true,
    );
  };
  await fc.assert(fc.asyncProperty(nasty, nasty, check), { numRuns: 300 });
});

/** Unfolded, in order. */
function headerFields(raw: string): string[] {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  return head.replace(/\r\n([ \t])/g, '$1').split('\r\n');
}

function mailboxes(field: AddressObject | AddressObject[] | undefined): [string | undefined, string][] {
  return [field ?? []]
    .flat()
    .flatMap(({ value }) => value.map((one): [string | undefined, string] => [one.address, one.name]));
}
