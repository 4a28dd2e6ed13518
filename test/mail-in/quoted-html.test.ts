// What of a mail's HTML is folded: what is surely quoted, to where it ends, and nothing else.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isForwardedSubject } from '../../server/mail/forwarded-subject.ts';
import { sanitize } from '../../server/mail/sanitize.ts';
import { parseCanonical } from './canonical-html.ts';

const fold = (html: string): string =>
  sanitize({ html, images: new Map([['x', 'data:image/png;base64,AA==']]), linkPrefix: '/l/', foldedWords: 'Show' })
    .html;
const OPEN = '<details><summary>Show</summary>';
const HEAD = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">From: Bob</div>';

describe('Outlook’s lines of who wrote', () => {
  const head = (colour: string): RegExp =>
    new RegExp(`^<div><p>New</p>${OPEN}<div><div[^>]*${colour}[^>]*>From: Bob</div></div><p>Old</p></details></div>$`);

  test('begin what is folded, with all that follows them in their box', () => {
    assert.match(fold(`<div><p>New</p><div>${HEAD}</div><p>Old</p></div>`), head('#E1E1E1'));
    assert.match(
      fold(`<div><p>New</p><div>${HEAD.replace('E1E1E1 1.0pt', 'B5C4DF 1pt')}</div><p>Old</p></div>`),
      head('#B5C4DF'),
    );
    assert.match(
      fold(`<div><p>New</p></div>${HEAD}<p>Old</p>`),
      new RegExp(`^<div><p>New</p></div>${OPEN}<div.*<p>Old</p></details>$`),
    );
  });

  test('end with their box: what stands after it is not quoted', () => {
    assert.match(fold(`<div>${HEAD}<p>Old</p></div><p>New</p>`), /Old<\/p><\/details><\/div><p>New<\/p>$/);
  });

  test('are nothing but a line where they cannot hold a fold, or look otherwise', () => {
    for (const other of [
      `<p>New</p><table><tr>${HEAD}</tr></table>`,
      `<p>New</p>${HEAD.replace('#E1E1E1', '#ff0000')}<p>Old</p>`,
      `<p>New</p>${HEAD.replaceAll('div', 'p')}<p>Old</p>`,
    ])
      assert.doesNotMatch(fold(other), /<details>.*Old/, other);
  });
});

describe('a block quotation', () => {
  test('that a mail program marked is folded wherever it stands', () => {
    for (const attributes of ['type="cite"', 'class="gmail_quote"', 'class="protonmail_quote"', 'cite="mid:a@b"'])
      assert.match(fold(`<p>a</p><blockquote ${attributes}>old</blockquote><p>b</p>`), /<details><summary>Show/);
  });

  test('that nobody marked is folded at the end of a mail, and is somebody’s poem elsewhere', () => {
    assert.equal(fold('<p>Yes.</p><blockquote>old</blockquote><br>'), `<p>Yes.</p>${OPEN}old</details><br />`);
    assert.equal(
      fold('<p>He said:</p><blockquote>poem</blockquote><p>Fine?</p>'),
      '<p>He said:</p><blockquote>poem</blockquote><p>Fine?</p>',
    );
    assert.match(fold('<blockquote>poem</blockquote><p>a</p><blockquote>old</blockquote>'), /^<blockquote>.*<details>/);
    assert.match(fold('<p>a</p><blockquote>b</blockquote><img src="cid:x">'), /^<p>a<\/p><blockquote>/);
  });

  test('in another is folded with it', () => {
    assert.equal(fold('a<blockquote>b<blockquote>c</blockquote></blockquote>').match(/<details/g)?.length, 1);
  });
});

test('a mail that is nothing but quotes is shown as it is', () => {
  for (const all of [`<div>${HEAD}<p>Old</p></div>`, '<blockquote>a</blockquote><div class="gmail_quote">b</div>'])
    assert.doesNotMatch(fold(all), /<details/);
});

test('the fold has the place and the looks of what it folds', () => {
  assert.equal(
    fold('<p>a</p><blockquote type="cite" style="margin:0" dir="rtl">b</blockquote>'),
    '<p>a</p><details style="margin:0" dir="rtl"><summary>Show</summary>b</details>',
  );
});

test('whatever is folded, nothing is lost, nothing is added, and every element ends', () => {
  const piece = fc.constantFrom(
    ...['<p>', '</p>', '<div>', '</div>', '<blockquote>', '<blockquote type=cite>', '</blockquote>', HEAD, 'a', ' '],
    ...['<div id=divRplyFwdMsg>', '<div class=gmail_quote>', '<table>', '<tr>', '<td>', '</td>', '</table>', '<br>'],
    ...['<img src=cid:x>', '<b', '>', '<details>', '</details>', '<summary>', '<quote-div>', '</quote-div>', '<li>'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const html = pieces.join('');
      const folded = fold(html);
      const plain = sanitize({ html, images: new Map(), linkPrefix: '/l/' }).html;
      assert.equal(
        parseCanonical(folded.replace(/(<\/?)details/g, '$1div').replaceAll('<summary>Show</summary>', '')).text,
        parseCanonical(plain).text,
      );
      const tags = [...folded.matchAll(/<(\/?)([a-z]+)/g)].filter(([, , tag = '']) => !['br', 'img'].includes(tag));
      const open: string[] = [];
      for (const [, slash, tag = ''] of tags) {
        if (slash === '') open.push(tag);
        else assert.equal(open.pop(), tag);
      }
      assert.deepEqual(open, []);
      assert.doesNotMatch(folded, /<\/?(?:quote|perhaps|head)-/);
    }),
    { numRuns: 2_000 },
  );
});

test('a mail that passes another one on is known by its subject, in every language', () => {
  for (const subject of [
    'Fwd: x',
    'FW: x',
    'WG: x',
    'TR : x',
    'RV: x',
    'I: x',
    'ENC: x',
    'PD: x',
    'İLT: x',
    '转发：x',
    '[list] Fwd: x',
    'הועבר: x',
    'إعادة توجيه: x',
    '転送: x',
    'Doorst: x',
  ])
    assert.ok(isForwardedSubject(subject), subject);
  for (const subject of ['', 'Re: x', 'Re: Fwd: x', 'Forward: x', 'Information: x', 'AW: x', 'A: b Fwd: c', 'Fwd'])
    assert.ok(!isForwardedSubject(subject), subject);
});
