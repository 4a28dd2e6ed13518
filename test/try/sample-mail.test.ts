import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { simpleParser, type ParsedMail } from 'mailparser';
import sharp from 'sharp';
import { parseAddress, type Mailbox } from '../../server/core/address.ts';
import { sampleMail } from '../../server/try/sample-mail.ts';

function person(name: string, text: string): Mailbox {
  const address = parseAddress(text);
  assert.ok(address);
  return { name, address };
}

const wanted = {
  from: person('Alice Example', 'alice@example.com'),
  to: [person('Bob Recipient', 'bob@recipient.example'), person('Carol Partner', 'carol@partner.example')],
  at: new Date('2026-11-20T09:30:00Z'), // a Friday
};

const { raw, mailId, subject } = sampleMail(wanted);
const mail: ParsedMail = await simpleParser(raw);

function attachment(contentType: string): Buffer {
  const found = mail.attachments.find((part) => part.contentType === contentType);
  assert.ok(found, contentType);
  return found.content;
}

describe('the sample mail', () => {
  it('is read back with its headers as they were meant', () => {
    assert.equal(mail.subject, subject);
    assert.match(subject, /–/); // so that it needs an encoded word
    assert.equal(mail.from?.text, '"Alice Example" <alice@example.com>');
    assert.deepEqual(
      [mail.to].flat().map((to) => to?.text),
      ['"Bob Recipient" <bob@recipient.example>, "Carol Partner" <carol@partner.example>'],
    );
    assert.deepEqual(mail.date, wanted.at);
    assert.equal(mail.messageId, mailId);
  });

  it('is another one each time', () => {
    assert.notEqual(sampleMail(wanted).mailId, mailId);
  });

  it('is made of CRLF lines of 7-bit text, none longer than 76 characters but for the names of media types', () => {
    const text = raw.toString('latin1');
    assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\r\n\u0080-\u00ff]/);
    assert.ok(text.endsWith('\r\n'));
    for (const line of text.split('\r\n')) assert.ok(line.length <= 76 || /^Content-Type: \S+$/.test(line), line);
  });

  it('nests mixed, related and alternative as mail programs do', () => {
    const kinds = [...raw.toString('latin1').matchAll(/^Content-Type: ([\w/.-]+)/gm)].map(([, kind]) => kind);
    assert.deepEqual(kinds, [
      'multipart/mixed',
      'multipart/related',
      'multipart/alternative',
      'text/plain',
      'text/html',
      'image/png',
      'application/pdf',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ]);
  });

  it('says the same in text and HTML, with a real table and the picture by cid', () => {
    assert.match(mail.text ?? '', /Total +1,836\.00/);
    assert.match(mail.text ?? '', /3,250\.00 €/);
    const html = mail.html === false ? '' : (mail.html ?? '');
    assert.match(html, /<table [^]*<th [^]*1,836\.00[^]*<\/table>/);
    // mailparser puts the picture in the place of its cid.
    assert.match(html, /<img src="data:image\/png;base64,/);
    assert.match(raw.toString('latin1'), /Content-ID: <letterhead@example\.com>/);
  });

  it('names a working day a week ahead', () => {
    assert.match(mail.text ?? '', /Friday, 27 November 2026/);
    const onSaturday = sampleMail({ ...wanted, at: new Date('2026-11-21T09:30:00Z') });
    assert.match(onSaturday.raw.toString('latin1').replaceAll('=\r\n', ''), /Monday, 30 November 2026/);
  });

  it('keeps a name that could end a header or a tag where it belongs', async () => {
    const odd = await simpleParser(sampleMail({ ...wanted, from: person('Müller, "A" <b>', 'alice@example.com') }).raw);
    assert.equal(odd.from?.value[0]?.name, 'Müller, "A" <b>');
    assert.match(odd.html === false ? '' : (odd.html ?? ''), /Müller, "A" &lt;b&gt;/);
  });
});

describe('the files of the sample', () => {
  it('hold a picture that a decoder accepts', async () => {
    const { width, height, format } = await sharp(attachment('image/png')).metadata();
    assert.deepEqual([width, height, format], [480, 72, 'png']);
    const { dominant } = await sharp(attachment('image/png')).stats(); // decodes every row
    assert.ok(dominant.b > dominant.r);
  });

  it('hold a PDF whose cross-reference table finds each object', () => {
    const pdf = attachment('application/pdf').toString('latin1');
    assert.match(pdf, /^%PDF-1\.4\n/);
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
    assert.ok(pdf.startsWith('xref\n', start));
    const entries = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n \n/gm)];
    assert.equal(entries.length, 7);
    entries.forEach(([, offset], n) => assert.ok(pdf.startsWith(`${n + 1} 0 obj\n`, Number(offset))));
    const [, length, content = ''] = /\/Length (\d+) >>\nstream\n([^]*?)\nendstream/.exec(pdf) ?? [];
    assert.equal(content.length, Number(length));
    assert.match(content, /\(Lease agreement\) Tj/);
  });

  it('hold a spreadsheet whose archive checks out, part by part', () => {
    const zip = attachment('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
    const names: string[] = [];
    let at = zip.readUInt32LE(end + 16);
    for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
      assert.equal(zip.readUInt32LE(at), 0x02014b50);
      const [size, nameBytes, local] = [
        zip.readUInt32LE(at + 24),
        zip.readUInt16LE(at + 28),
        zip.readUInt32LE(at + 42),
      ];
      const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
      const content = zip.subarray(local + 30 + nameBytes, local + 30 + nameBytes + size);
      assert.equal(zip.readUInt32LE(local), 0x04034b50);
      assert.equal(crc32(content), zip.readUInt32LE(at + 16), name);
      assert.match(content.toString('utf8'), /^<\?xml /);
      names.push(name);
      at += 46 + nameBytes;
    }
    assert.equal(at, end);
    assert.ok(names.includes('[Content_Types].xml') && names.includes('xl/worksheets/sheet1.xml'));
  });

  it('hold pixels that inflate to whole rows', () => {
    const png = attachment('image/png');
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    assert.equal(rows.length, 72 * (1 + 480 * 3));
  });
});
