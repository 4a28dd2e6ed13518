// Texts of files of every other kind, and of files in files.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mimeMail } from '../support/mime.ts';
import { lockedOffice, pdf, png } from '../viewing/samples.ts';
import { docx, runs } from './office-samples.ts';
import { read } from './read.ts';
import { zip } from './zip.ts';

const NUMBER = '4111 1111 1111 1111';

describe('a text', () => {
  for (const [kind, content, expected] of [
    ['a note', `Card: ${NUMBER}`, `Card: ${NUMBER}`],
    ['a table', `name;card\r\nAda;"${NUMBER}"`, `name;card\r\nAda;"${NUMBER}"`],
    ['JSON', '{"card": "4111\\u00201111 1111\\n"}', '{"card": "4111 1111 1111\n"}'],
    [
      'an appointment, folded',
      'BEGIN:VCALENDAR\r\nSUMMARY:4111 11\r\n 11 1111\r\nEND:VCALENDAR',
      'SUMMARY:4111 1111 1111',
    ],
    ['a card, folded', 'BEGIN:VCARD\nNOTE:411\n 1\nEND:VCARD', 'NOTE:4111'],
    ['XML', '<a b="one">4111 &#49;111<c/> 1111</a>', '4111 1111'],
    ['an attribute of XML', `<a card="${NUMBER}"/>`, NUMBER],
    ['a drawing', `<svg xmlns="http://www.w3.org/2000/svg"><text>${NUMBER}</text></svg>`, NUMBER],
    ['XML with a document type', `<!DOCTYPE a [<!ENTITY b "${NUMBER}">]><a>&b;</a>`, NUMBER],
    ['what is XML at first sight only', `<Ada@example.com> wrote ${NUMBER}`, NUMBER],
  ] as const) {
    test(`is read from ${kind}`, async () => {
      const { text, unreadable } = await read(content);
      assert.ok(text.includes(expected), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('that only its reader can open is said to be encrypted', async () => {
    const { unreadable } = await read('-----BEGIN PGP MESSAGE-----\n\nabc=\n-----END PGP MESSAGE-----');
    assert.deepEqual(unreadable, ['encrypted']);
  });
});

describe('HTML', () => {
  for (const [place, html, expected] of [
    ['pieces of a line', '<p>4111 <b>11</b>11<span> 1</span>11&#49;<wbr> 1111</p>', NUMBER],
    ['what is hidden', `<p>x</p><div style="display:none">${NUMBER}</div>`, NUMBER],
    ['letters without a size', `<span style="font-size:0px">${NUMBER}</span>`, NUMBER],
    ['a comment', `<p>x</p><!-- ${NUMBER} -->`, NUMBER],
    ['what Outlook alone sees', `<p>x</p><!--[if mso]><p>${NUMBER}</p><![endif]-->`, NUMBER],
    ['an alternative text', `<img alt="${NUMBER}">`, NUMBER],
    ['a hidden field', `<form><input type=hidden value="${NUMBER}"></form>`, NUMBER],
    ['a script', `<p>x</p><script>var card = "${NUMBER}"</script>`, NUMBER],
    ['an address that is called', '<a href="tel:4111%201111">x</a>', 'tel:4111 1111'],
    ['an element that is not closed', `<div><p>${NUMBER}`, NUMBER],
    ['an element that is hidden and not closed', `<div hidden><p>${NUMBER}`, NUMBER],
    ['named letters', '<p>Gr&uuml;&szlig;e &amp; K&#252;sse</p>', 'Grüße & Küsse'],
  ] as const) {
    test(`is read in ${place}`, async () => {
      const { text, unreadable } = await read(`<html>${html}</html>`);
      assert.ok(text.includes(expected), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('keeps apart what stands apart, and what is hidden out of what is seen', async () => {
    const { texts } = await read(
      '<html><p>41</p><p>11</p><table><tr><td>41<td>11</table>12<i style="display:none">99</i>34',
    );
    assert.match(texts[0]?.text ?? '', /41\n+11\n+41\t11\t\n+1234/);
    assert.match(texts[1]?.text ?? '', /99/);
  });

  test('tells nothing of styles and of where its links lead', async () => {
    const { text } = await read('<html><style>.a{width:4111px}</style><a href="https://x.example/4111">x</a></html>');
    assert.ok(!text.includes('4111'), text);
  });
});

describe('rich text', () => {
  const rtf = (content: string): string =>
    `{\\rtf1\\ansi\\ansicpg1251\\uc1{\\fonttbl{\\f0 Arial 4111;}}{\\*\\generator Word 4111;}${content}}`;
  for (const [place, content, expected] of [
    ['lines', 'One\\par Two\\line Three', 'One\nTwo\nThree'],
    ['cells', 'One\\cell Two\\cell\\row', 'One\tTwo\t\n'],
    ['bytes', "\\'f1\\'e5\\'ea\\'f0\\'e5\\'f2\\'ed\\'ee", 'секретно'],
    ['numbers of letters', '\\u1089?\\u1077?x', 'сеx'],
    ['what is hidden', `{\\v ${NUMBER}}`, NUMBER],
    ['a note', `{\\*\\annotation ${NUMBER}}`, NUMBER],
    ['a property', `{\\info{\\title ${NUMBER}}}`, NUMBER],
    ['signs', 'a\\~b\\_c\\{d\\}\\\\', 'a b-c{d}\\'],
  ] as const) {
    test(`is read in ${place}`, async () => {
      const { text, unreadable } = await read(rtf(content));
      assert.ok(text.includes(expected), JSON.stringify(text));
      assert.ok(expected === NUMBER || !text.includes('4111'), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('that ends too early, or holds bytes, is named', async () => {
    assert.deepEqual((await read(rtf('x').slice(0, -1))).unreadable, ['broken']);
    assert.deepEqual((await read(rtf('{\\bin5 12345}'))).unreadable, ['unknown-kind']);
    assert.deepEqual((await read(rtf('{'.repeat(5_000)))).unreadable, ['too-deep']);
  });
});

describe('a mail in a mail', () => {
  test('is read: its headers, its texts and its attachments', async () => {
    const mail = mimeMail({
      from: 'Ada <ada@example.com>',
      to: 'bob@example.com',
      subject: '=?utf-8?B?0KHQtdC60YDQtdGC0L3Qvg==?=',
      text: 'The text',
      html: '<p>The <b>HTML</b></p>',
      parts: [{ content: docx(runs(NUMBER)), name: 'a.docx' }],
    });
    const { texts, text, unreadable } = await read(mail);
    for (const expected of ['Секретно', 'ada@example.com', 'The text', 'The HTML'])
      assert.ok(text.includes(expected), expected);
    assert.ok(texts.some(({ path, text: inner }) => path.join() === 'a.docx' && inner.includes(NUMBER)));
    assert.deepEqual(unreadable, []);
  });

  test('is read in a mail in an archive', async () => {
    const innermost = mimeMail({ from: 'a@example.com', parts: [{ content: NUMBER, name: 'c.txt' }] });
    const inner = mimeMail({
      from: 'b@example.com',
      parts: [{ content: innermost, name: 'b.eml', type: 'message/rfc822' }],
    });
    const { texts, unreadable } = await read(zip([{ name: 'a.eml', content: inner }]));
    assert.ok(texts.some(({ path, text }) => path.join('>') === 'a.eml>b.eml>c.txt' && text.includes(NUMBER)));
    assert.deepEqual(unreadable, []);
  });

  test('is too deep at the sixth', async () => {
    let mail = 'From: a@example.com\r\nSubject: x\r\n\r\nThe innermost';
    for (let depth = 0; depth < 7; depth += 1)
      mail = mimeMail({
        from: 'a@example.com',
        parts: [{ content: mail, name: `${depth}.eml`, type: 'message/rfc822' }],
      });
    const { text, unreadable } = await read(mail);
    assert.deepEqual(unreadable, ['too-deep 6.eml 5.eml 4.eml 3.eml 2.eml 1.eml']);
    assert.ok(!text.includes('The innermost'));
  });

  test('that is no mail is read as the text that it is, and named', async () => {
    const { text, unreadable } = await read(
      `From: a@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n${NUMBER}`,
    );
    assert.ok(text.includes(NUMBER));
    assert.deepEqual(unreadable, ['broken']);
  });

  test('that is rights-protected is said to be encrypted', async () => {
    const mail = mimeMail({ from: 'a@example.com', parts: [{ content: 'x', name: 'message.rpmsg' }] });
    assert.deepEqual((await read(mail)).unreadable, ['encrypted message.rpmsg']);
  });
});

describe('an archive', () => {
  test('is read file by file, each for what it is and not for what it is called', async () => {
    const { texts, unreadable } = await read(
      zip([
        { name: 'a.txt', content: 'A text' },
        { name: 'sub/b.jpg', content: pdf(['A page']) },
        { name: 'sub/', content: '', stored: true },
        { name: 'c.txt', content: docx(runs('A document')), stored: true },
        { name: 'd.png', content: png(2, 2) },
        { name: 'e.exe', content: Buffer.concat([Buffer.from('MZ\0\0'), Buffer.alloc(100)]) },
      ]),
    );
    const found = texts.map(({ path, text }) => `${path.join('>')}: ${text.trim()}`);
    for (const expected of ['a.txt: A text', 'sub/b.jpg: A page', 'c.txt: A document', 'd.png: d.png'])
      assert.ok(found.includes(expected), `${expected} in ${found.join('|')}`);
    assert.deepEqual(unreadable, ['unknown-kind d.png', 'unknown-kind e.exe']);
  });

  test('in an archive is too deep, whatever lies between them', async () => {
    const inner = zip([{ name: 'b.txt', content: NUMBER }]);
    const mail = mimeMail({ from: 'a@example.com', parts: [{ content: inner, name: 'c.zip' }] });
    const { text, unreadable } = await read(
      zip([
        { name: 'a.zip', content: inner },
        { name: 'a.eml', content: mail },
      ]),
    );
    assert.deepEqual(unreadable, ['too-deep a.zip', 'too-deep a.eml c.zip']);
    assert.ok(!text.includes(NUMBER));
  });

  test('names what is locked, packed in another way, or damaged, and reads the rest', async () => {
    const { text, unreadable } = await read(
      zip([
        { name: 'locked.txt', content: 'x', claims: { flags: 1 } },
        { name: 'lzma.txt', content: 'x', claims: { method: 14 } },
        { name: 'damaged.txt', content: 'x', claims: { crc: 1 } },
        { name: 'lying.txt', content: 'x'.repeat(5_000), claims: { bytes: 10 } },
        { name: 'last.txt', content: NUMBER },
      ]),
    );
    const expected = ['encrypted locked.txt', 'unknown-kind lzma.txt', 'broken damaged.txt', 'broken lying.txt'];
    assert.deepEqual(unreadable, expected);
    assert.ok(text.includes(NUMBER));
  });

  test('with nothing in it, like an empty file, hides nothing', async () => {
    assert.deepEqual((await read(zip([]))).unreadable, []);
    assert.deepEqual((await read('')).unreadable, []);
  });

  test('whose names are no paths is read all the same, and its names are shown harmless', async () => {
    const { texts, unreadable } = await read(
      zip(
        ['../../etc/passwd', 'C:\\boot.ini', '/a', 'a\u202Etxt.exe\n', `${'x'.repeat(3_000)}.txt`].map((name) => ({
          name,
          content: NUMBER,
        })),
      ),
    );
    assert.deepEqual(unreadable, []);
    assert.equal(texts.filter(({ text }) => text === NUMBER).length, 5);
    const names = texts.map(({ path }) => path.join());
    assert.ok(names.every((name) => name.length <= 255 && !/[\n\u202E]/.test(name)));
  });
});

describe('what nobody here reads', () => {
  const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  for (const [what, bytes, why] of [
    ['a document with a password', lockedOffice(), 'encrypted'],
    ['an old document, or a mail of Outlook’s', Buffer.concat([OLE, Buffer.alloc(1_000)]), 'unknown-kind'],
    ['a picture', png(2, 2), 'unknown-kind'],
    ['an archive of another kind', Buffer.from('377abcaf271c0004', 'hex'), 'unknown-kind'],
    ['a mail in an envelope', Buffer.from('308006092a864886f70d010703a0800000', 'hex'), 'encrypted'],
  ] as const) {
    test(`${what} is named as ${why}`, async () => {
      assert.deepEqual((await read(bytes)).unreadable, [why]);
    });
  }

  test('the name of a file is looked at even so', async () => {
    const { text } = await read(png(2, 2), { name: `card ${NUMBER}.png` });
    assert.equal(text, `card ${NUMBER}.png`);
  });
});
