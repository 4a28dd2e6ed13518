import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createMailParser } from '../../server/mail/parse.ts';
import { FROM, keep, lines, multipart, refusedAs, source } from './mails.ts';

const parser = createMailParser({ workers: 1 });
after(() => parser.close());

async function read(mail: string | Buffer) {
  const sink = keep();
  const tree = await parser.parse(source(mail), sink);
  assert.equal(sink.closed, tree.parts.length);
  assert.deepEqual(
    sink.contents.map((content) => content.length),
    tree.parts.map((part) => part.size),
  );
  return { tree, contents: sink.contents };
}

const refused = (mail: string | Buffer, code: 'mail/unreadable' | 'mail/rights-protected' = 'mail/unreadable') =>
  assert.rejects(parser.parse(source(mail), keep()), refusedAs(code));

test('a plain mail is its text', async () => {
  const { tree } = await read(lines(FROM, 'To: Bob <bob@x.example>', 'Subject: Hello', '', 'one', 'two', ''));
  assert.equal(tree.text, 'one\ntwo\n');
  assert.equal(tree.html, undefined);
  assert.deepEqual(tree.parts, []);
  assert.deepEqual(
    tree.headers.map((line) => line.name),
    ['from', 'to', 'subject'],
  );
});

test('a mail may have no body at all, with or without the blank line', async () => {
  assert.equal((await read(lines(FROM, '', ''))).tree.text ?? '', '');
  assert.equal((await read(FROM)).tree.text ?? '', '');
  assert.equal((await read(`${FROM}\r\n`)).tree.text ?? '', '');
});

test('text and HTML beside each other are told apart', async () => {
  const { tree } = await read(
    multipart('alternative', [
      lines('Content-Type: text/plain; charset=utf-8', '', 'Grüße'),
      lines(
        'Content-Type: text/html; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>Gr=FC=DF=',
        'e</p>',
      ),
    ]),
  );
  assert.equal(tree.text, 'Grüße');
  assert.equal(tree.html, '<p>Grüße</p>');
});

test('of several alternatives the best one of each kind is the body', async () => {
  const { tree } = await read(
    multipart('alternative', [
      lines('', 'first'),
      lines('', 'second'),
      lines('Content-Type: text/html', '', 'third'),
      lines('Content-Type: text/html', '', 'fourth'),
    ]),
  );
  assert.equal(tree.text, 'second');
  assert.equal(tree.html, 'fourth');
});

test('a text after the HTML, as mailing lists add it, shows in both', async () => {
  const inner = multipart(
    'alternative',
    [lines('', 'hello'), lines('Content-Type: text/html', '', '<p>hello</p>')],
    'b1',
    [],
  );
  const { tree } = await read(multipart('mixed', [inner, lines('', 'footer <list>')]));
  assert.equal(tree.text, 'hello\nfooter <list>');
  assert.equal(tree.html, '<p>hello</p><br>\n<div style="white-space:pre-wrap">footer &lt;list&gt;</div>');
});

test('an HTML mail without a text has none made up', async () => {
  const { tree } = await read(lines(FROM, 'Content-Type: text/html', '', '<p>x</p>'));
  assert.equal(tree.text, undefined);
  assert.equal(tree.html, '<p>x</p>');
});

for (const [charset, bytes, expected] of [
  ['utf-16le', Buffer.from('Grüße', 'utf16le'), 'Grüße'],
  ['windows-1252', Buffer.from('Gr\xfc\xdfe \x80', 'latin1'), 'Grüße €'],
  ['iso-2022-jp', Buffer.from('\x1b$B%F%9%H\x1b(B', 'latin1'), 'テスト'],
  ['gb18030', Buffer.from('c4e3bac3', 'hex'), '你好'],
  ['x-no-such-charset', Buffer.from('Grüße'), 'Grüße'],
  ['"; evil', Buffer.from('Grüße'), 'Grüße'],
] as const) {
  test(`text in ${charset} is read`, async () => {
    const mail = Buffer.concat([
      Buffer.from(
        lines(FROM, `Content-Type: text/plain; charset=${charset}`, 'Content-Transfer-Encoding: base64', '', ''),
      ),
      Buffer.from(bytes.toString('base64')),
    ]);
    assert.equal((await read(mail)).tree.text, expected);
  });
}

test('format=flowed is joined again', async () => {
  const { tree } = await read(lines(FROM, 'Content-Type: text/plain; format=flowed', '', 'one ', 'two', 'three'));
  assert.equal(tree.text, 'one two\nthree');
});

test('controls do not survive in a text, but in an attachment', async () => {
  const { tree, contents } = await read(
    multipart('mixed', [
      lines('', 'a\0b\x1b\tc'),
      lines('Content-Type: text/html', '', '<im\0g>'),
      lines('Content-Type: application/x', '', 'a\0b'),
    ]),
  );
  assert.equal(tree.text, 'ab\tc');
  assert.ok(tree.html?.endsWith('<img>'));
  assert.equal(contents[0]?.toString(), 'a\0b');
});

test('attachments keep their bytes, names and order', async () => {
  const bytes = Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 7) % 256));
  const { tree, contents } = await read(
    multipart('mixed', [
      lines('', 'hello'),
      lines(
        "Content-Type: application/pdf; name*=utf-8''Gr%C3%BC%C3%9Fe.pdf",
        'Content-Transfer-Encoding: base64',
        '',
        ...(bytes.toString('base64').match(/.{1,76}/g) ?? []),
      ),
      lines(
        'Content-Type: text/csv',
        'Content-Disposition: attachment; filename="=?utf-8?q?Z=C3=BCrich.csv?="',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'a;=C3=A4',
      ),
      lines(
        'Content-Type: application/octet-stream',
        'Content-Disposition: attachment;',
        ' filename*0="very long";',
        ' filename*1=" name.bin"',
        '',
        'x',
      ),
      lines('Content-Type: image/png', '', 'x'),
    ]),
  );
  assert.deepEqual(
    tree.parts.map((part) => [part.n, part.filename, part.contentType]),
    [
      [1, 'Grüße.pdf', 'application/pdf'],
      [2, 'Zürich.csv', 'text/csv'],
      [3, 'very long name.bin', 'application/octet-stream'],
      [4, 'attachment-4.png', 'image/png'],
    ],
  );
  assert.deepEqual(contents[0], bytes);
  assert.equal(contents[1]?.toString(), 'a;ä');
});

test('a picture that the HTML refers to is inline, with its Content-ID', async () => {
  const related = multipart(
    'related',
    [
      lines('Content-Type: text/html', '', '<img src="cid:logo@x">'),
      lines('Content-Type: image/png', 'Content-ID: <logo@x>', '', 'PNG'),
    ],
    'b1',
    [],
  );
  const { tree } = await read(
    multipart('mixed', [
      related,
      lines(
        'Content-Type: image/png',
        'Content-ID: <other@x>',
        'Content-Disposition: attachment; filename=photo.png',
        '',
        'PNG',
      ),
    ]),
  );
  assert.deepEqual(
    tree.parts.map((part) => [part.contentId, part.inline]),
    [
      ['logo@x', true],
      ['other@x', false],
    ],
  );
});

test('an enclosed mail is one attachment with its own bytes, and its parts are not parts of this one', async () => {
  const inner = multipart(
    'mixed',
    [lines('', 'inner text'), lines('Content-Type: application/pdf; name=x.pdf', '', 'PDF')],
    'b1',
    ['From: x@y.example', 'Subject: inner'],
  );
  for (const disposition of ['inline', 'attachment']) {
    const { tree, contents } = await read(
      multipart('mixed', [
        lines('', 'outer'),
        lines('Content-Type: message/rfc822', `Content-Disposition: ${disposition}`, '', inner),
      ]),
    );
    assert.equal(tree.text, 'outer');
    assert.deepEqual(
      tree.parts.map((part) => [part.filename, part.contentType]),
      [['message-1.eml', 'message/rfc822']],
    );
    assert.equal(contents[0]?.toString().trimEnd(), inner.trimEnd());
  }
});

test('calendar, delivery status and TNEF stay attachments', async () => {
  const { tree } = await read(
    multipart('alternative', [
      lines('', 'x'),
      lines('Content-Type: text/calendar; method=REQUEST', '', 'BEGIN:VCALENDAR'),
      lines('Content-Type: message/delivery-status', '', 'Status: 5.1.1'),
      lines('Content-Type: application/ms-tnef; name=winmail.dat', '', 'T'),
    ]),
  );
  assert.equal(tree.text, 'x');
  assert.deepEqual(
    tree.parts.map((part) => part.filename),
    ['attachment-1.ics', 'attachment-2', 'winmail.dat'],
  );
});

test('a text with a file name beside the body is an attachment', async () => {
  const { tree } = await read(
    multipart('mixed', [
      lines('', 'body'),
      lines('Content-Type: text/plain; name=notes.txt', 'Content-Disposition: inline; filename=notes.txt', '', 'notes'),
    ]),
  );
  assert.equal(tree.text, 'body');
  assert.deepEqual(
    tree.parts.map((part) => part.filename),
    ['notes.txt'],
  );
});

test('a mail may be nothing but an attachment', async () => {
  const { tree, contents } = await read(
    lines(
      FROM,
      'Content-Type: application/pkcs7-mime; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
      '',
      'AAECAw==',
    ),
  );
  assert.equal(tree.parts[0]?.filename, 'smime.p7m');
  assert.equal(contents[0]?.toString('hex'), '00010203');
});

test('an empty attachment is an attachment', async () => {
  const { tree } = await read(multipart('mixed', [lines('Content-Type: application/x; name=empty.bin', '', '')]));
  assert.deepEqual(
    tree.parts.map((part) => [part.filename, part.size]),
    [['empty.bin', 0]],
  );
});

test('a mail that breaks off in its last text keeps that text, however it is encoded', async () => {
  for (const encoding of ['7bit', 'base64', 'quoted-printable']) {
    const body = encoding === 'base64' ? Buffer.from('<p>the end</p>').toString('base64') : '<p>the end</p>';
    const { tree } = await read(
      lines(
        FROM,
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        '',
        'text',
        '--b',
        'Content-Type: text/html',
        `Content-Transfer-Encoding: ${encoding}`,
        '',
        body,
      ),
    );
    assert.equal(tree.html, '<p>the end</p>', encoding);
  }
});

test('a mail that breaks off in an attachment keeps what came', async () => {
  const { tree } = await read(
    lines(
      FROM,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'text',
      '--b',
      'Content-Type: application/pdf',
      '',
      'PDF',
    ),
  );
  assert.equal(tree.text, 'text');
  assert.equal(tree.parts[0]?.size, 3);
});

for (const [name, mail] of [
  ['empty', ''],
  ['a blank line', '\r\n'],
  ['text without a header', 'hello\r\n\r\nworld'],
  ['a blank line before the header', `\r\n${FROM}\r\n\r\nx`],
  ['without From', lines('Subject: x', '', 'x')],
  ['with a null character in the header', lines(FROM, 'Subject: a\0b', '', 'x')],
  ['multipart without a boundary', lines(FROM, 'Content-Type: multipart/mixed', '', 'all this would be lost')],
  [
    'multipart with an empty boundary',
    lines(FROM, 'Content-Type: multipart/mixed; boundary=""', '', '--', '', 'x', '----'),
  ],
  [
    'multipart whose boundary never comes',
    lines(FROM, 'Content-Type: multipart/mixed; boundary=b', '', '--c', '', 'x'),
  ],
  [
    'a multipart inside whose boundary never comes',
    multipart('mixed', [lines('', 'x'), lines('Content-Type: multipart/mixed; boundary=c', '', 'lost')]),
  ],
  ['random bytes', Buffer.from(Array.from({ length: 10_000 }, (_, n) => (n * n * 31) % 256))],
] as const) {
  test(`a mail is refused that is ${name}`, () => refused(mail));
}

for (const [name, mail] of [
  [
    'an attachment of that name',
    multipart('mixed', [
      lines('', 'x'),
      lines(
        'Content-Type: application/octet-stream',
        'Content-Disposition: attachment; filename="message.rpmsg"',
        '',
        'x',
      ),
    ]),
  ],
  [
    'a part of that type',
    multipart('mixed', [lines('', 'x'), lines('Content-Type: application/x-microsoft-rpmsg-message', '', 'x')]),
  ],
  [
    'a part of that class',
    multipart('mixed', [lines('', 'x'), lines('Content-Type: application/x', 'Content-Class: rpmsg.message', '', 'x')]),
  ],
  ['that class for the whole', lines(FROM, 'Content-Class: rpmsg.message', '', 'x')],
  [
    'the type deep inside',
    multipart('mixed', [
      multipart('mixed', [lines('Content-Type: application/x-microsoft-rpmsg-message', '', 'x')], 'b1', []),
    ]),
  ],
] as const) {
  test(`rights-protected mail is refused by ${name}`, () => refused(mail, 'mail/rights-protected'));
}

test('the refusal quotes nothing of the mail', async () => {
  await assert.rejects(
    parser.parse(source(lines('From: "secret" <x@localhost>', '', 'x')), keep()),
    (error: Error) => !/secret|localhost/.test(JSON.stringify(error) + error.message),
  );
});

test('the S/MIME signature of a part further in is no file, and what only looks like one is', async () => {
  const signature = lines(
    'Content-Type: application/pkcs7-signature; name="smime.p7s"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="smime.p7s"',
    '',
    Buffer.from('a signature').toString('base64'),
  );
  const file = lines('Content-Type: application/pdf; name="plan.pdf"', '', 'a plan');
  const signed = lines(
    'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="inner"',
    '',
    '--inner',
    '',
    'What was signed.',
    '--inner',
    signature,
    '--inner--',
  );
  const { tree, contents } = await read(multipart('mixed', [signed, file, lines('', 'The list’s footer.')]));
  assert.match(tree.text ?? '', /What was signed\.[^]*footer/);
  assert.deepEqual(
    tree.parts.map(({ n, filename }) => [n, filename]),
    [[1, 'plan.pdf']],
  );
  assert.equal(contents.length, 1);

  const alone = await read(multipart('mixed', [lines('', 'See the file.'), signature]));
  assert.deepEqual(
    alone.tree.parts.map(({ filename }) => filename),
    ['smime.p7s'],
  );
});
