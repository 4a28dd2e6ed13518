import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanContentId, cleanContentType, cleanFilename, isRightsProtected } from '../../server/mail/part-names.ts';

for (const [raw, expected] of [
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\x\\report.pdf', 'report.pdf'],
  ['a/b\\c/d.pdf', 'd.pdf'],
  ['folder/', 'attachment-3.pdf'],
  ['..', 'attachment-3.pdf'],
  ['  . . ', 'attachment-3.pdf'],
  ['', 'attachment-3.pdf'],
  ['\r\n', 'attachment-3.pdf'],
  ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
  ['a\r\nContent-Type: text/html.pdf', 'html.pdf'],
  ['zero\u200Bwidth\uFEFF.pdf', 'zerowidth.pdf'],
  ['a\0.pdf', 'a.pdf'],
  ['virus.exe. . .', 'virus.exe'],
  ['.htaccess', '.htaccess'],
  ['two  blanks\t.pdf', 'two blanks.pdf'],
  ['lone \ud800.pdf', 'lone .pdf'],
  ['Müller – Übersicht 表.xlsx', 'Müller – Übersicht 表.xlsx'],
] as const) {
  test(`a filename is made safe: ${JSON.stringify(raw)}`, () =>
    assert.equal(cleanFilename(raw, 3, 'application/pdf'), expected));
}

test('a name that is too long loses its middle and keeps its extension', () => {
  const name = cleanFilename(`${'a'.repeat(4_096)}.pdf`, 1, 'application/pdf');
  assert.equal(name.length, 255);
  assert.ok(name.endsWith('a.pdf'));
  assert.equal(cleanFilename('a'.repeat(4_096), 1, 'application/pdf').length, 255);
  assert.doesNotMatch(cleanFilename(`x${'😀'.repeat(300)}.pdf`, 1, 'application/pdf'), /\p{Cs}/u, 'no half character');
});

test('a part without a name is named after its type', () => {
  assert.equal(cleanFilename(undefined, 1, 'message/rfc822'), 'message-1.eml');
  assert.equal(cleanFilename(undefined, 2, 'text/calendar'), 'attachment-2.ics');
  assert.equal(cleanFilename(undefined, 4, 'application/x-unheard-of'), 'attachment-4');
});

test('content types are type/subtype in lower case, or nothing in particular', () => {
  assert.equal(cleanContentType('Application/PDF; name="x"'), 'application/pdf');
  assert.equal(
    cleanContentType('application/vnd.ms-excel.sheet.macroEnabled.12'),
    'application/vnd.ms-excel.sheet.macroenabled.12',
  );
  for (const bad of [
    undefined,
    '',
    'text',
    'text/',
    '/html',
    'text/html/x',
    'text html',
    'te"xt/html',
    'text/ht\r\nml',
    'täxt/html',
    `a/${'b'.repeat(200)}`,
  ]) {
    assert.equal(cleanContentType(bad), 'application/octet-stream', bad);
  }
});

test('a Content-ID loses its brackets, and is none when it could not stand in a URL', () => {
  assert.equal(cleanContentId('<image001.png@01DC.ABC>'), 'image001.png@01DC.ABC');
  assert.equal(cleanContentId(' plain '), 'plain');
  for (const bad of [undefined, '', '<>', 'a b', 'a\0b', 'ä', 'x'.repeat(999)])
    assert.equal(cleanContentId(bad), undefined, bad);
});

test('rights-protected mail is known by name, type or class', () => {
  assert.ok(isRightsProtected('Message.RPMSG', 'application/octet-stream', undefined));
  assert.ok(isRightsProtected('message_v2.rpmsg', 'application/octet-stream', undefined));
  assert.ok(isRightsProtected(undefined, 'application/x-microsoft-rpmsg-message', undefined));
  assert.ok(isRightsProtected(undefined, 'text/plain', ' RPMSG.Message'));
  assert.ok(!isRightsProtected('about message.rpmsg.txt', 'text/plain', 'urn:content-classes:message'));
  assert.ok(!isRightsProtected(undefined, 'text/plain', undefined));
});
