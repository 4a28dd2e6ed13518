import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../server/core/limits.ts';
import { parseHeaderLines } from '../../server/mail/header-lines.ts';
import { readMailHead } from '../../server/mail/mail-head.ts';
import { FROM, lines, refusedAs } from './mails.ts';

const read = (...headers: readonly string[]) => readMailHead(parseHeaderLines(Buffer.from(lines(...headers))));

for (const [value, address, name] of [
  ['alice@example.com', 'alice@example.com', ''],
  ['<alice@EXAMPLE.com>', 'alice@example.com', ''],
  ['Alice <alice@example.com>', 'alice@example.com', 'Alice'],
  ['"Smith, Alice" <alice@example.com>', 'alice@example.com', 'Smith, Alice'],
  ['alice@example.com (Alice (of Sales))', 'alice@example.com', 'Alice (of Sales)'],
  ['=?utf-8?q?Al=C3=AFce?= <alice@example.com>', 'alice@example.com', 'Alïce'],
  ['Alice@example.com <alice@example.com>', 'alice@example.com', 'Alice@example.com'],
  ['"a@evil.example" <alice@example.com>', 'alice@example.com', 'a@evil.example'],
  ['=?utf-8?b?PGFAZXZpbC5leGFtcGxlPg==?= <alice@example.com>', 'alice@example.com', '<a@evil.example>'],
  ['John Q. Public <j.q@example.com>', 'j.q@example.com', 'John Q. Public'],
  ['"\u202eevil" <alice@example.com>', 'alice@example.com', 'evil'],
] as const) {
  test(`the author is read from: ${JSON.stringify(value)}`, () => {
    assert.deepEqual(read(`From: ${value}`).from, { address, name });
  });
}

for (const value of [
  '',
  'Alice',
  'alice@example.com, bob@example.com',
  'Alice <alice@example.com>, Bob <bob@example.com>',
  'Alice <alice@example.com> <bob@example.com>',
  'bob@example.com <alice@example.com>',
  'bob@example.com "x" <alice@example.com>',
  'alice@example.com bob@example.com',
  'alice@example.com,',
  ',alice@example.com',
  'Group: alice@example.com;',
  'undisclosed-recipients:;',
  '"alice" bob" <alice@example.com>',
  'Alice <alice@example.com',
  'Alice <alice@example.com> trailing',
  'Alice <alice@example.com> "trailing"',
  'alice@example.com (open',
  '"open <alice@example.com>',
  'Alice (open <alice@example.com>',
  '<@relay.example:alice@example.com>',
  '"alice smith"@example.com',
  'alice@[127.0.0.1]',
  'alice@localhost',
  'alice@exämple.com',
  '=?utf-8?q?alice=40example=2Ecom?=',
  '=?utf-8?b?QWxpY2UgPGFsaWNlQGV4YW1wbGUuY29tPg==?=',
  'alice@example.com;bob@example.com',
  'alice@example.com\r\n ,bob@example.com',
]) {
  test(`a mail is refused whose From is ${JSON.stringify(value)}`, () => {
    assert.throws(() => read(`From: ${value}`), refusedAs('mail/unreadable'));
  });
}

test('a mail is refused that has no From, or two', () => {
  assert.throws(() => read('Subject: x'), refusedAs('mail/unreadable'));
  assert.throws(() => read(FROM, FROM), refusedAs('mail/unreadable'));
});

for (const name of ['Sender', 'Message-ID', 'Subject', 'X-Sealpost-Protection', 'x-sealpost-anything']) {
  test(`a mail is refused in which ${name} stands twice, in whatever case`, () => {
    assert.ok(read(FROM, `${name}: <a@b>`));
    assert.throws(() => read(FROM, `${name}: <a@b>`, `${name.toUpperCase()}: <a@b>`), refusedAs('mail/unreadable'));
  });
}

test('other lines that should stand once may stand twice', () => {
  const head = read(FROM, 'To: a@x.example', 'To: b@x.example', 'Date: x', 'Date: y', 'Received: a', 'Received: b');
  assert.deepEqual(
    head.to.map((mailbox) => mailbox.address),
    ['a@x.example', 'b@x.example'],
  );
});

test('addressees are flattened from groups, and those outside the grammar are left out', () => {
  const { to, cc } = read(
    FROM,
    'To: Team: "A, B" <a@x.example>, b@x.example;, c@[10.0.0.1], =?utf-8?q?d?= <d@x.example>, nobody',
    'Cc: undisclosed-recipients:;',
  );
  assert.deepEqual(to, [
    { address: 'a@x.example', name: 'A, B' },
    { address: 'b@x.example', name: '' },
    { address: 'd@x.example', name: 'd' },
  ]);
  assert.deepEqual(cc, []);
});

test('the subject is decoded, one line, and not longer than the limit', () => {
  assert.equal(
    read(FROM, 'Subject: =?utf-8?q?Gr=C3?=', ' =?utf-8?q?=BC=C3=9Fe?= an =?iso-8859-1?q?alle=21?=').subject,
    'Grüße an alle!',
  );
  assert.equal(read(FROM, 'Subject: =?utf-8?q?a=0D=0ABcc:_x=E2=80=AEy?=').subject, 'a Bcc: x y');
  assert.equal(read(FROM, `Subject: ${'x'.repeat(5_000)}`).subject.length, limits.subjectCharactersMax);
  assert.equal(read(FROM).subject, '');
});

test('a Message-ID counts only in its strict shape', () => {
  assert.equal(read(FROM, 'Message-ID: <a.b@c.example>').mailId, '<a.b@c.example>');
  for (const bad of [
    'a@b',
    '<a@b> x',
    '<a b@c>',
    '<a@b@c>',
    '<ab>',
    '<a@b',
    '<ä@b>',
    '<a@b><c@d>',
    `<${'a'.repeat(600)}@${'b'.repeat(600)}>`,
    `<${'a'.repeat(998)}@b>`,
    '',
  ]) {
    assert.equal(read(FROM, `Message-ID: ${bad}`).mailId, undefined, bad);
  }
});

test('the thread is read from In-Reply-To and References', () => {
  const head = read(FROM, 'In-Reply-To: Your mail of Monday <a@b>', 'References: <a@b> <bad id@x>\t<c@d>,<e@f>');
  assert.equal(head.inReplyTo, '<a@b>');
  assert.deepEqual(head.references, ['<a@b>', '<c@d>', '<e@f>']);
  const many = read(FROM, `References: ${Array.from({ length: 500 }, (_, n) => `<${n}@x>`).join(' ')}`).references;
  assert.equal(many.length, limits.referencesMax);
  assert.equal(many.at(-1), '<499@x>');
});

test('automatic mail is recognised, and anything unclear counts as automatic', () => {
  for (const value of ['auto-replied', 'auto-generated; x=y', 'AUTO-NOTIFIED', '(no) auto-replied', ''])
    assert.equal(read(FROM, `Auto-Submitted: ${value}`).automatic, true, value);
  for (const value of ['no', ' No ', 'no (really)', 'no; x=y'])
    assert.equal(read(FROM, `Auto-Submitted: ${value}`).automatic, false, value);
  assert.equal(read(FROM).automatic, false);
});
