import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../server/core/limits.ts';
import { findHeaderEnd, parseHeaderLines } from '../../server/mail/header-lines.ts';
import { lines, refusedAs } from './mails.ts';

const parse = (text: string) => parseHeaderLines(Buffer.from(text));

test('header lines keep their order and repetitions, names in lower case, values unfolded', () => {
  assert.deepEqual(parse(lines('Received: from a', '\tby b', 'SUBJECT:one', ' two ', 'received:x')), [
    { name: 'received', value: 'from a\tby b' },
    { name: 'subject', value: 'one two' },
    { name: 'received', value: 'x' },
  ]);
});

test('a label that is folded in the middle of a value reads as it was meant', () => {
  assert.deepEqual(parse(lines('msip_labels:', ' MSIP_Label_1_Name=Confidential Client', ' Only-AIP 2.0;')), [
    { name: 'msip_labels', value: 'MSIP_Label_1_Name=Confidential Client Only-AIP 2.0;' },
  ]);
});

test('encoded words stay as they were sent', () => {
  assert.equal(parse('Subject: =?utf-8?q?=C3=A4?=')[0]?.value, '=?utf-8?q?=C3=A4?=');
});

test('UTF-8 is read as such, and other eight-bit bytes as Windows-1252', () => {
  assert.equal(parse('Subject: Grüße')[0]?.value, 'Grüße');
  assert.equal(parseHeaderLines(Buffer.from('Subject: Gr\xfc\xdfe', 'latin1'))[0]?.value, 'Grüße');
});

for (const [name, block] of [
  ['a line that is no header', lines('From: a@b.example', 'hello')],
  ['a line with an empty name', lines('From: a@b.example', ': x')],
  ['a blank before the colon', lines('Subject : x')],
  ['a name that is not US-ASCII', 'Sübject: x'],
  ['a continuation of nothing', lines(' x', 'Subject: y')],
  ['the first line of an mbox', lines('From alice Tue Nov 24 18:00:00 2026', 'Subject: x')],
  ['the first line of an HTTP request', lines('POST / HTTP/1.1', 'Subject: x')],
  ['nothing at all', ''],
  ['a null character', 'Subject: a\0b'],
  ['a bare CR', 'Subject: a\rBcc: b@c.example'],
  ['an escape', 'Subject: a\x1b[2J'],
  ['DEL', 'Subject: a\x7f'],
  ['NEL, a line end to some', 'Subject: a\u0085b'],
  ['the Unicode line separator', 'Subject: a\u2028b'],
  ['a null character in a continuation', 'Subject: a\r\n b\0'],
] as const) {
  test(`a header block is refused that holds ${name}`, () => {
    assert.throws(() => parse(block), refusedAs('mail/unreadable'));
  });
}

test('as many lines as the limit says are read, and not one more', () => {
  const block = (count: number): string => Array.from({ length: count }, () => 'a: b').join('\r\n');
  assert.equal(parse(block(limits.headerLinesMax)).length, limits.headerLinesMax);
  assert.throws(() => parse(block(limits.headerLinesMax + 1)), refusedAs('mail/unreadable'));
  assert.throws(() => parse(`a: ${'b'.repeat(limits.headerBytesMax)}`), refusedAs('mail/unreadable'));
});

test('the header ends at the first blank line, wherever the bytes were cut', () => {
  for (const [text, end] of [
    ['a: b\r\n\r\nx', 4],
    ['a: b\n\nx', 4],
    ['a: b\r\n\nx', 4],
    ['\r\nx', 0],
    ['\nx', 0],
  ] as const) {
    const bytes = Buffer.from(text);
    assert.equal(findHeaderEnd(bytes, 0), end, JSON.stringify(text));
  }
  for (const text of ['', 'a: b', 'a: b\r\n', 'a: b\r\n\r', 'a: b\n \n'])
    assert.equal(findHeaderEnd(Buffer.from(text), 0), undefined, JSON.stringify(text));
});
