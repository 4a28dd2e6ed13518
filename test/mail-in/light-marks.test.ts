import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { marksToHtml, readMarks } from '../../server/mail/light-marks.ts';
import { sanitize } from '../../server/mail/sanitize.ts';

test('bold, italic, lists, quotes and addresses become what they mean', () => {
  assert.equal(
    marksToHtml(
      'Dear **Alice**,\nit is *so*.\n\n- one\n- two\n\n1. first\n2) second\n\n> a\n> b\nhttps://example.org/x',
    ),
    '<p dir="auto">Dear <strong>Alice</strong>,<br>it is <em>so</em>.</p>\n' +
      '<ul><li dir="auto">one</li><li dir="auto">two</li></ul>\n' +
      '<ol><li dir="auto">first</li><li dir="auto">second</li></ol>\n' +
      '<blockquote dir="auto">a<br>b</blockquote>\n' +
      '<p dir="auto"><a href="https://example.org/x">https://example.org/x</a></p>',
  );
});

test('a text without marks needs no HTML', () => {
  for (const text of [
    '',
    'Plain.\n\nText.',
    '2*3*4 = 24',
    '* ',
    'a * b * c',
    '**',
    'x** y**',
    'see https://example.org',
  ])
    assert.equal(marksToHtml(text), undefined, text);
});

test('nothing that is typed becomes markup, and cleaning leaves all of it as it is', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '**',
      '*',
      '> ',
      '- ',
      '1. ',
      '\n',
      '\n\n',
      '<script>',
      '"',
      "'",
      '&',
      '<',
      'https://e.example/"x',
      'a',
    ),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      const html = marksToHtml(text);
      if (html === undefined) return;
      assert.doesNotMatch(html, /<(?!\/?(?:p|br|ul|ol|li|blockquote|strong|em|a)\b)/);
      assert.doesNotMatch(html, /<a (?!href="(?:https?:|mailto:)[^"<>]*">)/);
      const tags = (one: string): string[] => one.match(/<\/?\w+/g) ?? [];
      const cleaned = sanitize({ html, images: new Map(), linkPrefix: undefined }).html;
      assert.deepEqual(tags(cleaned), tags(html));
    }),
  );
});

test('a link shows the address that it leads to', () => {
  const [block] = readMarks('[https://bank.example](https://evil.example/) **https://a.example**');
  assert.ok(block && 'runs' in block);
  for (const { text, url } of block.runs) if (url !== undefined) assert.ok(url.startsWith(text), `${text} ${url}`);
});
