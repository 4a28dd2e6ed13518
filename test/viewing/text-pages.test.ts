// How a text is laid out on pages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../server/files/charsets.ts';
import { layOut } from '../../server/viewing/paint/text-pages.ts';

const lines = (text: string, columns = 10): string[] =>
  layOut(text, { columns, lines: 100, pagesMax: 10 }).pages.flat();

test('a long line goes on in the next, at a blank where there is one', () => {
  assert.deepEqual(lines('aaaa bbbb cccc dddd'), ['aaaa bbbb', 'cccc dddd']);
  assert.deepEqual(lines('aaaaaaaaaaaaaaa'), ['aaaaaaaaaa', 'aaaaa']);
  assert.deepEqual(lines('aaaaaaaaaa b'), ['aaaaaaaaaa', 'b']);
  assert.deepEqual(lines('一二三四五六'), ['一二三四五', '六']);
});

test('tabs stand in columns of eight, line ends of all systems count once', () => {
  assert.deepEqual(lines('a\tb\r\nab\tc\rx\n\ny', 20), ['a       b', 'ab      c', 'x', '', 'y']);
});

test('what turns or controls the text is left out', () => {
  assert.deepEqual(lines('a\u202Ebc\u0007\u2066d'), ['abcd']);
});

test('pages end at their last line, and what is too long is cut and says so', () => {
  const bounds = { columns: 10, lines: 3, pagesMax: 2 };
  assert.deepEqual(layOut('', bounds), { pages: [['']], cut: false });
  assert.deepEqual(layOut('1\n2\n3\n4\n', bounds), { pages: [['1', '2', '3'], ['4']], cut: false });
  assert.deepEqual(layOut('1\n2\n3\n4\n5\n6\n7', bounds), {
    pages: [
      ['1', '2', '3'],
      ['4', '5', '6'],
    ],
    cut: true,
  });
  const endless = layOut('x'.repeat(3_000_000), { columns: 90, lines: 60, pagesMax: 500 });
  assert.deepEqual([endless.pages.length, endless.cut], [500, true]);
});

test('a text is read as it was written: UTF-8, UTF-16, or what Windows wrote before', () => {
  assert.equal(decodeText(Buffer.from('Grüße €')), 'Grüße €');
  assert.equal(decodeText(Buffer.from('\uFEFFGrüße', 'utf16le')), 'Grüße');
  assert.equal(decodeText(Buffer.from([0x47, 0xfc, 0x80])), 'Gü€');
  assert.equal(decodeText(Buffer.from('aü').subarray(0, 2)), 'a', 'cut within a letter');
});
