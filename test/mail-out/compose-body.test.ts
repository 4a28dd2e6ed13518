// Owns the proof that bodies and attachments arrive as they were given, in lines that every server passes
// on unchanged, without a large mail ever standing in memory.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { WireCheck } from '../../server/mail/compose-wire.ts';
import { composeMail, composeStream } from '../../server/mail/compose.ts';
import type { OutgoingMail } from '../../server/mail/compose.ts';
import { address } from './courier-bench.ts';

const plain: OutgoingMail = {
  from: { address: address('sealpost@example.com'), name: 'Alice Example via Example Ltd' },
  to: { address: address('bob@example.net'), name: '' },
  subject: 'A message for you',
  text: 'Hello',
  mailId: '<1@example.com>',
  date: new Date('2026-11-24T10:00:00Z'),
  loopMark: 'example.com',
};
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('text, HTML, an inline image and files arrive as they were given', async () => {
  const sheet = Buffer.from([0, 13, 10, 13, 255, 10, 0]);
  const raw = await composeMail({
    ...plain,
    text: 'Grüße\n\nZeile 2\n',
    html: '<p>Grüße <img src="cid:logo"></p>',
    inline: [{ cid: 'logo', filename: 'logo.png', contentType: 'image/png', content: png }],
    attachments: [
      { filename: 'Übersicht 2026.xlsx', contentType: 'application/vnd.ms-excel', content: sheet },
      {
        filename: 'notes.txt',
        contentType: 'text/plain; charset=iso-8859-1',
        content: Readable.from([Buffer.from([0xe9, 10])]),
      },
      { filename: 'empty.bin', contentType: 'application/octet-stream', content: Buffer.alloc(0) },
    ],
  });
  const parsed = await simpleParser(raw, { skipImageLinks: true });
  assert.equal(parsed.text?.trimEnd(), 'Grüße\n\nZeile 2');
  assert.equal(parsed.html && parsed.html.trimEnd(), '<p>Grüße <img src="cid:logo"></p>');
  assert.deepEqual(
    parsed.attachments.map((one) => [one.filename, one.contentType, one.contentDisposition, one.related ?? false]),
    [
      ['logo.png', 'image/png', 'inline', true],
      ['Übersicht 2026.xlsx', 'application/vnd.ms-excel', 'attachment', false],
      ['notes.txt', 'text/plain', 'attachment', false],
      ['empty.bin', 'application/octet-stream', 'attachment', false],
    ],
  );
  assert.deepEqual(
    parsed.attachments.map((one) => one.content),
    [png, sheet, Buffer.from([0xe9, 10]), Buffer.alloc(0)],
  );
  assert.match(raw.toString(), /Content-Type: text\/plain; charset=iso-8859-1/);
  assert.match(
    raw.toString(),
    /multipart\/mixed;[^]+multipart\/alternative;[^]+text\/plain[^]+multipart\/related;[^]+text\/html[^]+image\/png/,
  );
});

test('an HTML mail without words of text still has its text part', async () => {
  const raw = (await composeMail({ ...plain, text: '', html: '<p>x</p>' })).toString();
  assert.match(raw, /text\/plain[^]+text\/html/);
});

test('line ends of every kind leave as CRLF', async () => {
  for (const text of ['a\nb\rc\r\nd\n\re', 'ä\nb\rc\r\nd\n\re', `${'long '.repeat(40)}\rb\nc`]) {
    const raw = (await composeMail({ ...plain, text, html: text })).toString('latin1');
    assert.doesNotMatch(raw.replaceAll('\r\n', ''), /[\r\n]/);
    const parsed = await simpleParser(raw);
    assert.equal(parsed.text?.trimEnd(), text.replace(/\r\n|\r/g, '\n'));
  }
});

test('every mail is 7-bit in lines of at most 998 bytes, whatever is in it', async () => {
  const text = fc.string({
    unit: fc.constantFrom(
      '\r',
      '\n',
      '.',
      '\r\n.\r\n',
      '\0',
      'a',
      ' ',
      '\t',
      'é',
      '日',
      '👩',
      '\u2028',
      'From ',
      'x'.repeat(1_500),
      '=',
      '--',
    ),
    maxLength: 30,
  });
  const bytes = fc.uint8Array({ maxLength: 300 });
  const check = async (body: string, html: string, file: Uint8Array): Promise<void> => {
    const content = Buffer.from(file);
    const raw = await composeMail({
      ...plain,
      text: body,
      html,
      attachments: [{ filename: 'x', contentType: 'text/plain', content }],
    });
    const lines = raw.toString('latin1').split('\r\n');
    assert.ok(lines.every((line) => /^[^\0\r\n\x80-\xff]{0,998}$/.test(line)));
    const parsed = await simpleParser(raw);
    assert.deepEqual(
      parsed.attachments.map((one) => one.content),
      [content],
    );
  };
  await fc.assert(fc.asyncProperty(text, text, bytes, check), { numRuns: 150 });
});

test('a mail or a multipart as an attachment travels as a plain file', async () => {
  const content = Buffer.from('Subject: inner\n\n8-bit \xe9 and a bare LF\n', 'latin1');
  for (const contentType of [
    'message/rfc822',
    'Message/RFC822',
    'multipart/mixed; boundary=x',
    'message/rfc822; name=x',
  ]) {
    const raw = await composeMail({ ...plain, attachments: [{ filename: 'mail.eml', contentType, content }] });
    const [attachment] = (await simpleParser(raw)).attachments;
    assert.match(raw.toString(), /Content-Type: application\/octet-stream; name=mail.eml/);
    assert.doesNotMatch(raw.toString(), /message\/rfc822|boundary=x|8bit/i);
    assert.deepEqual(attachment?.content, content);
  }
});

test('a media type that is none becomes a plain file', async () => {
  const bad = [
    '',
    'png',
    'image/',
    'image/png/x',
    'image/p ng',
    'image/png\r\nBcc: eve@example.org',
    'image/png; x="\r\nBcc: eve@example.org"',
    '\u202eimage/png',
  ];
  for (const contentType of bad) {
    const raw = await composeMail({ ...plain, attachments: [{ filename: 'x', contentType, content: png }] });
    assert.doesNotMatch(raw.toString(), /^Bcc/m);
    const [attachment] = (await simpleParser(raw)).attachments;
    assert.match(attachment?.contentType ?? '', /^(?:application\/octet-stream|image\/png)$/, contentType);
  }
});

test('names of files stay names', async () => {
  const cases: [string, string][] = [
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['C:\\temp\\x.pdf', 'C:_temp_x.pdf'],
    ['a"b\\.pdf', 'a"b_.pdf'],
    ['x.pdf"; filename="evil.exe', 'x.pdf"; filename="evil.exe'],
    ['=?utf-8?Q?evil=2Eexe?=', '= ?utf-8?Q?evil=2Eexe?='],
    ['日本語の長い名前'.repeat(10) + '.pdf', '日本語の長い名前'.repeat(10) + '.pdf'],
    [`${'n'.repeat(400)}.pdf`, `${'n'.repeat(251)}.pdf`],
    ["it's; a=test.txt", "it's; a=test.txt"],
  ];
  for (const [filename, wanted] of cases) {
    const raw = await composeMail({
      ...plain,
      attachments: [{ filename, contentType: 'application/pdf', content: png }],
    });
    const { attachments } = await simpleParser(raw);
    assert.deepEqual(
      attachments.map((one) => one.filename),
      [wanted],
    );
    assert.ok(
      raw
        .toString()
        .split('\r\n')
        .every((line) => line.length <= 998),
    );
  }
});

test('content that is not bytes reads no file and fetches nothing', async () => {
  const tricks: unknown[] = [
    { path: '/etc/hostname' },
    { href: 'http://127.0.0.1:1/' },
    '/etc/hostname',
    'text',
    null,
    undefined,
    7,
  ];
  for (const trick of tricks) {
    // A caller that broke the type: the guard at run time is what is tested.
    const content = trick as Buffer;
    assert.throws(
      () => composeStream({ ...plain, attachments: [{ filename: 'x', contentType: 'text/plain', content }] }),
      /not made of bytes/,
    );
  }
});

test('a mail with 25 MB of attachments is streamed, never held', async () => {
  const piece = Buffer.alloc(64 * 1024, 'abcdefghij');
  let taken = 0;
  async function* content(): AsyncGenerator<Buffer> {
    for (; taken < 400; taken += 1) yield piece;
  }
  const stream = composeStream({
    ...plain,
    attachments: [{ filename: 'big.bin', contentType: 'application/zip', content: content() }],
  });
  let ahead = 0;
  let bytes = 0;
  let tail = '';
  const digest = createHash('sha256');
  for await (const chunk of stream) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    digest.update(part);
    tail = (tail + part.toString('latin1')).slice(-200);
    // Base64 with line ends makes 4/3 × 78/76 of the bytes; whatever was taken beyond that waits in buffers.
    ahead = Math.max(ahead, taken * piece.length - bytes * 0.73);
  }
  assert.equal(taken, 400);
  assert.ok(bytes > 35_000_000);
  assert.ok(ahead < 3_000_000, `${ahead} bytes were read ahead`);
  assert.match(tail, /--\r\n$/);
});

test('an attachment that fails makes the mail fail, and a mail given up lets go of its attachments', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield png;
    throw new Error('the seal is broken');
  }
  const attached = (content: AsyncIterable<Buffer>): OutgoingMail => ({
    ...plain,
    attachments: [{ filename: 'x', contentType: 'text/plain', content }],
  });
  await assert.rejects(composeMail(attached(broken())), /the seal is broken/);

  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let begun = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (begun = true; ;) yield png;
    } finally {
      release();
    }
  }
  // Leaving the loop destroys the stream.
  for await (const _chunk of composeStream(attached(endless()))) if (begun) break;
  await released;
});

test('the last look refuses whatever two servers could read in two ways', async () => {
  const through = (parts: string[]): Promise<void> =>
    pipeline(Readable.from(parts.map((part) => Buffer.from(part, 'latin1'))), new WireCheck(), async (source) => {
      for await (const _chunk of source);
    });
  const bad = [
    ['a\nb'],
    ['a\rb'],
    ['a\r', 'b'],
    ['a', '\nb'],
    ['a\r'],
    ['a\n\r\n'],
    ['a\r\r\n'],
    ['\r\n.\n'],
    ['a\0b'],
    ['caf\xe9'],
    ['x'.repeat(999)],
    ['x'.repeat(500), 'x'.repeat(499)],
  ];
  for (const parts of bad) {
    await assert.rejects(through(parts), /A composed mail/, JSON.stringify(parts));
  }
  await through(['a\r', '\nb\r\n', `${'x'.repeat(998)}\r\n`, '.\r\n', '']);
});
