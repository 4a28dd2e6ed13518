// Texts in forty charsets: declared, marked, or found out.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createMailParser } from '../../server/mail/parse.ts';
import { charsetSamples } from './charset-samples.ts';
import { read } from './read.ts';

const parser = createMailParser();
after(() => parser.close());

/** A mail whose body and one attachment are these bytes. */
function mailOf(charset: string, bytes: Buffer): Buffer {
  const part = (disposition: string): string =>
    `Content-Type: text/plain; charset="${charset}"\r\nContent-Transfer-Encoding: base64\r\n${disposition}\r\n${bytes.toString('base64')}\r\n`;
  return Buffer.from(
    `From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${part('')}--b\r\n${part('Content-Disposition: attachment; filename=a.txt\r\n')}--b--\r\n`,
  );
}

describe('a declared charset', () => {
  for (const { charset, text, bytes } of charsetSamples) {
    test(`${charset} is read in a body, in an attachment and in a mail in a mail`, async () => {
      const pieces: Buffer[] = [];
      const tree = await parser.parse([mailOf(charset, bytes)], {
        open: async () => ({ write: async (piece) => void pieces.push(piece), close: async () => undefined }),
      });
      assert.equal(tree.text?.trim(), text);
      const [part] = tree.parts;
      const attached = await read(Buffer.concat(pieces), { charset: part?.charset, contentType: part?.contentType });
      assert.ok(attached.text.includes(text), attached.text);
      const inner = await read(mailOf(charset, bytes), { contentType: 'message/rfc822' });
      assert.equal(inner.text.split(text).length - 1, 2, inner.text);
    });
  }
});

describe('a charset that nobody declares', () => {
  // Of these nobody keeps statistics, or too few letters tell them from others.
  const unguessed = [
    'cp850',
    'cp437',
    'cp852',
    'cp866',
    'macintosh',
    'windows-1258',
    'windows-874',
    'iso-8859-4',
    'iso-8859-13',
    'koi8-u',
  ];
  for (const { charset, text, bytes } of charsetSamples.filter((one) => !unguessed.includes(one.charset))) {
    // A guess is about letters, of which a short text has few.
    const times = 8;
    const long = Buffer.concat(Array.from({ length: times }, () => bytes));
    test(`${charset} is found out`, async () => {
      const { text: found } = await read(long);
      // Charsets that share their letters are each other's guess.
      const sought = text
        .replace(/^\P{L}+|\P{L}+$/gu, '')
        .split(/[\s,:.，。]+/)
        .slice(0, 3);
      for (const word of sought) assert.ok(found.includes(word), `${word} in ${found.slice(0, 300)}`);
    });
  }

  test('is left out of account where digits are concerned', async () => {
    for (const { charset, bytes } of charsetSamples.filter((one) => /^(?:cp|mac|koi)/.test(one.charset))) {
      const { text } = await read(Buffer.concat([bytes, Buffer.from(' 4111 1111 1111 1111')]));
      assert.ok(text.includes('4111 1111 1111 1111'), charset);
    }
  });
});

test('a mark at the beginning is believed rather than what is declared', async () => {
  for (const charset of ['utf16le', 'utf8'] as const) {
    const bytes = Buffer.from('\uFEFFсекретно', charset);
    assert.ok((await read(bytes, { charset: 'koi8-r' })).text.includes('секретно'), charset);
  }
});

test('a charset that is declared wrongly, or that nobody knows, hides nothing', async () => {
  const bytes = charsetSamples.find(({ charset }) => charset === 'windows-1251')?.bytes ?? Buffer.alloc(0);
  for (const charset of ['utf-8', 'us-ascii', 'no-such-charset', 'utf-16le', undefined]) {
    assert.ok((await read(Buffer.concat([bytes, bytes]), { charset })).text.includes('секретно'), charset);
  }
});

test('HTML and XML name their charset themselves', async () => {
  const html = Buffer.concat([
    Buffer.from('<html><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>'),
    charsetSamples.find(({ charset }) => charset === 'koi8-r')?.bytes ?? Buffer.alloc(0),
  ]);
  assert.ok((await read(html)).text.includes('секретно'));
  const xml = Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="windows-1251"?><a>'),
    charsetSamples.find(({ charset }) => charset === 'windows-1251')?.bytes ?? Buffer.alloc(0),
    Buffer.from('</a>'),
  ]);
  const { texts } = await read(xml);
  assert.equal(texts[0]?.text.trim(), 'Договор совершенно секретно, не пересылать');
});

test('bytes that are no text are not taken for one', async () => {
  for (const bytes of [
    Buffer.alloc(1_000, 0x01),
    Buffer.alloc(1_000),
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]),
  ]) {
    const { files, ...said } = await read(bytes);
    assert.deepEqual(said, { texts: [], text: '', unreadable: ['unknown-kind'] });
    assert.deepEqual(
      files.map(({ path, sizeBytes }) => [path, sizeBytes]),
      [[[], bytes.length]],
    );
  }
});
