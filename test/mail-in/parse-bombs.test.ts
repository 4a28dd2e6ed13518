// Mails made to cost more than they should. Each one must end, refused or accepted, and a mail read beside it must
// not notice.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isRefusal } from '../../server/core/errors.ts';
import { limits } from '../../server/core/limits.ts';
import { createMailParser } from '../../server/mail/parse.ts';
import { FROM, keep, lines, multipart, source } from './mails.ts';

const parser = createMailParser({ workers: 2, timeoutMs: 20_000 });
after(() => parser.close());

const MB = 1024 * 1024;

function nested(depth: number): string {
  let mail = `${FROM}\r\n`;
  for (let n = 0; n < depth; n++) mail += `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`;
  return `${mail}\r\nx`;
}

const parts = (count: number, header = ''): string =>
  multipart(
    'mixed',
    Array.from({ length: count }, (_, n) => `${header}\r\n${n}`),
  );
const attachments = (count: number): string => parts(count, 'Content-Type: application/x\r\n');
const withHeader = (header: string): string => `${FROM}\r\n${header}\r\n\r\nx`;

const bombs: readonly (readonly [name: string, expected: 'refused' | 'accepted' | 'ended', mail: string | Buffer])[] = [
  ['20,000 nested multiparts', 'refused', nested(20_000)],
  ['nesting just over the limit', 'refused', nested(limits.mimeDepthMax + 2)],
  ['nesting at the limit', 'accepted', nested(limits.mimeDepthMax)],
  ['100,000 header lines', 'refused', withHeader(Array.from({ length: 100_000 }, (_, n) => `a${n}: b`).join('\r\n'))],
  ['100,000 short header lines', 'refused', withHeader('a:\r\n'.repeat(100_000).trimEnd())],
  ['a header line of 10 MB', 'refused', withHeader(`Subject: ${'x'.repeat(10 * MB)}`)],
  ['a header of 10 MB in continuations', 'refused', withHeader(`Subject: x${'\r\n y'.repeat((10 * MB) / 4)}`)],
  ['10 MB without a line end', 'refused', 'x'.repeat(10 * MB)],
  ['5,000 parts', 'refused', parts(5_000)],
  ['as many attachments as the limit says', 'accepted', attachments(limits.attachmentsMax)],
  ['one attachment too many', 'refused', attachments(limits.attachmentsMax + 1)],
  ['a part whose header is too long', 'refused', parts(1, `X: ${'y'.repeat(limits.headerBytesMax)}\r\n`)],
  ['a part with too many header lines', 'refused', parts(1, 'X: y\r\n'.repeat(limits.headerLinesMax + 1))],
  ['a text over the limit', 'refused', `${FROM}\r\n\r\n${'x'.repeat(limits.bodyTextBytesMax + 1)}`],
  ['a text at the limit', 'accepted', `${FROM}\r\n\r\n${'x'.repeat(limits.bodyTextBytesMax)}`],
  [
    'many texts that are too long together',
    'refused',
    multipart(
      'mixed',
      Array.from({ length: 10 }, () => `\r\n${'x'.repeat(MB)}`),
    ),
  ],
  [
    'a text that is small only before it is decoded',
    'refused',
    `${FROM}\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n${'\xe4'.repeat(limits.bodyTextBytesMax - 1)}`,
  ],
  [
    'huge base64 in one line',
    'accepted',
    `${FROM}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(2 * MB)}`,
  ],
  [
    'base64 that is none',
    'accepted',
    `${FROM}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n${'=*A='.repeat(MB)}`,
  ],
  [
    'base64 of nothing but padding',
    'accepted',
    `${FROM}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n${'='.repeat(4 * MB)}`,
  ],
  [
    'quoted-printable of nothing but equals signs',
    'accepted',
    `${FROM}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${'='.repeat(4 * MB)}`,
  ],
  [
    'quoted-printable of nothing but blanks',
    'accepted',
    `${FROM}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${' '.repeat(4 * MB)}`,
  ],
  [
    'text at the limit in lines of the usual length',
    'accepted',
    `${FROM}\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(limits.bodyTextBytesMax / 72 - 1)}`,
  ],
  ['4 MB of empty lines', 'ended', `${FROM}\r\n\r\n${'\n'.repeat(4 * MB)}`],
  [
    'a boundary that is never closed',
    'accepted',
    `${FROM}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${'--c\r\n'.repeat(100_000)}`,
  ],
  ['a boundary of regular-expression signs', 'accepted', multipart('mixed', ['\r\nx'], '(.*)+$[^]{9}')],
  ['a boundary of hyphens', 'accepted', multipart('mixed', ['\r\nx'], '----------')],
  ['a boundary with blanks and a colon', 'accepted', multipart('mixed', ['\r\nx'], 'a b:c')],
  ['a boundary of 100,000 characters', 'accepted', multipart('mixed', ['\r\nx'], 'b'.repeat(100_000))],
  [
    'a boundary that begins every line',
    'accepted',
    `${FROM}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${'--bx\r\n'.repeat(200_000)}`,
  ],
  [
    "a boundary that is the parent's as well",
    'accepted',
    `${FROM}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n`,
  ],
  ['100,000 addressees in one line', 'accepted', withHeader(`To: ${'a@b.example,'.repeat(20_000)}`)],
  ['100,000 open brackets in an address', 'accepted', withHeader(`To: ${'('.repeat(100_000)}${'<'.repeat(100_000)}`)],
  ['an author of 100,000 quotes', 'refused', `From: ${'"'.repeat(100_001)} <a@b.example>\r\n\r\nx`],
  ['encoded words without an end', 'accepted', withHeader(`Subject: ${'=?utf-8?q?'.repeat(20_000)}`)],
  ['20,000 encoded words', 'accepted', withHeader(`Subject: ${'=?utf-8?q?a?= '.repeat(17_000)}`)],
  [
    'a type with 20,000 parameters',
    'accepted',
    withHeader(`Content-Type: text/plain; ${Array.from({ length: 20_000 }, (_, n) => `a*${n}=b`).join(';')}`),
  ],
  [
    'a file name of 200,000 dots',
    'accepted',
    multipart('mixed', [`Content-Type: application/x; name="a${'.'.repeat(200_000)}b"\r\n\r\nx`]),
  ],
  ['an encoding of 200,000 open brackets', 'accepted', withHeader(`Content-Transfer-Encoding: ${'('.repeat(200_000)}`)],
  [
    'enclosed mails in enclosed mails',
    'accepted',
    `${FROM}\r\n${'Content-Type: message/rfc822\r\n\r\n'.repeat(10_000)}\r\nx`,
  ],
];

for (const [name, expected, mail] of bombs) {
  test(`${expected}, and its neighbour unharmed: ${name}`, async () => {
    const neighbour = parser.parse(source(lines(FROM, '', 'neighbour')), keep());
    const outcome = await parser.parse(source(mail, 64 * 1024), keep()).then(
      () => 'accepted',
      (error: unknown) => (isRefusal(error, 'mail/unreadable') ? 'refused' : error),
    );
    // `ended`: how much memory is left decides it.
    if (expected === 'ended') assert.match(String(outcome), /^(?:refused|accepted)$/);
    else assert.equal(outcome, expected);
    assert.equal((await neighbour).text, 'neighbour');
    assert.equal((await parser.parse(source(lines(FROM, '', 'afterwards')), keep())).text, 'afterwards');
  });
}
