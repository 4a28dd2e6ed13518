import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHeaderLines } from '../../server/mail/header-lines.ts';
import { readMime } from '../../server/mail/mime-reader.ts';
import { ParseSession } from '../../server/mail/parse-session.ts';
import { readPlainBody } from '../../server/mail/plain-body.ts';
import { FROM, lines } from './mails.ts';

const anyLine = fc.constantFrom(
  'Content-Type: text/plain',
  'Content-Type: text/html; charset=utf-8',
  'Content-Type: TEXT/Plain;\r\n\tcharset="US-ASCII"',
  'content-type: text/plain; charset=iso-8859-1',
  'Content-Type: text/plain; format=flowed',
  'Content-Type: text/plain; name=a.txt',
  'Content-Type: text/plain; charset=utf-8"',
  'Content-Type: text/plain; charset="utf-8',
  'Content-Type: text/html (a comment)',
  'Content-Type: text/calendar',
  'Content-Type:',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Transfer-Encoding: 7bit',
  'Content-Transfer-Encoding: 8BIT',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-unknown',
  'Content-Disposition: inline',
  'Content-Disposition: attachment; filename=b.txt',
  'Content-ID: <x@y>',
  'MIME-Version: 1.0',
  'constructor: x',
  '__proto__: x',
  'X-Folded: a\r\n b',
);
const bodyPiece = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '--b',
    '--b--',
    '--',
    '.',
    'From x',
    '\ufeff',
    '\0',
    '=C3=BC',
    'QUJD',
    'ü',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
);
const anyBody = fc
  .array(bodyPiece, { maxLength: 12 })
  .map((pieces) => Buffer.concat(pieces.map((one) => Buffer.from(one))));

test('a body on the short road is what the parser of MIME makes of it, however the mail is put', async () => {
  let short = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { maxLength: 3 }),
      anyBody,
      fc.constantFrom('\r\n', '\n'),
      async (more, body, end) => {
        const header = Buffer.from([FROM, ...more].join(end));
        const plain = readPlainBody(parseHeaderLines(header), body);
        if (plain === undefined) return;
        short += 1;
        const mail = Buffer.concat([header, Buffer.from(end + end), body]);
        assert.deepEqual(plain, await readWithParts(mail));
        const { next } = await new ParseSession().answer({ begin: true, bytes: mail, last: true });
        assert.ok(next.kind === 'done');
        assert.deepEqual({ text: next.tree.text, html: next.tree.html }, plain);
      },
    ),
    { numRuns: 2_000 },
  );
  assert.ok(short > 200, `only ${short} of them were plain`);
});

async function readWithParts(mail: Buffer): Promise<unknown> {
  const reader = readMime(() => Promise.reject(new Error('a plain mail has no attachment')));
  await reader.write(mail);
  return reader.end();
}

test('a mail that comes in one turn and one that comes in many are the same tree', async () => {
  for (const ending of [[], [''], ['', ''], ['', 'one'], ['', 'one', '']]) {
    const mail = Buffer.from(lines(FROM, 'Subject: x', ...ending));
    const whole = await new ParseSession().answer({ begin: true, bytes: mail, last: true });
    const session = new ParseSession();
    for (const byte of mail) await session.answer({ begin: false, bytes: Buffer.of(byte), last: false });
    assert.deepEqual(await session.answer({ begin: false, bytes: new Uint8Array(), last: true }), whole);
  }
});
