import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textOfSafeHtml } from '../../server/mail/html-text.ts';
import { foldQuoted } from '../../server/mail/quoted-text.ts';
import { sanitize } from '../../server/mail/sanitize.ts';

const folded = (text: string): string[] => foldQuoted(text).flatMap((piece) => (piece.quoted ? [piece.text] : []));

test('what a reply quotes at its end is folded, with the line that says who wrote it', () => {
  assert.deepEqual(folded('Yes.\n\nOn Tue, 24 Nov 2026, Alice Example\n<a@example.com> wrote:\n> a\n> b\n'), [
    'On Tue, 24 Nov 2026, Alice Example\n<a@example.com> wrote:\n> a\n> b\n',
  ]);
  assert.deepEqual(folded('Ja.\nAm 24.11.2026 um 10:00 schrieb Alice:\n\n> a'), [
    'Am 24.11.2026 um 10:00 schrieb Alice:\n\n> a',
  ]);
  assert.deepEqual(folded('Yes.\n\n-----Original Message-----\nFrom: x\nold'), [
    '-----Original Message-----\nFrom: x\nold',
  ]);
});

test('a short quote that the next lines answer stays, a long one is folded', () => {
  assert.deepEqual(folded('> Is it so?\nYes.'), []);
  assert.deepEqual(folded('> a\n> b\n> c\n> d\nYes.'), ['> a\n> b\n> c\n> d\n']);
});

test('a text that is nothing but a quote is not folded, nor is one without any', () => {
  assert.deepEqual(folded('> a\n> b\n\n'), []);
  assert.deepEqual(folded('He wrote:\n\nnothing.'), []);
  assert.deepEqual(foldQuoted(''), [{ text: '', quoted: false }]);
});

test('nothing is lost, whatever the text', () => {
  const line = fc.oneof(fc.constantFrom('> a', '>', '', 'On x wrote:', '---Original Message---'), fc.string());
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      assert.equal(
        foldQuoted(text)
          .map((piece) => piece.text)
          .join(''),
        text,
      );
    }),
  );
});

const clean = (html: string, foldedWords?: string): string =>
  sanitize({ html, images: new Map(), linkPrefix: '/l/', ...(foldedWords === undefined ? {} : { foldedWords }) }).html;

test('what HTML mail quotes is folded once, on the outside', () => {
  assert.equal(
    clean(
      '<p>Yes.</p><div class="gmail_quote">On x wrote:<blockquote class="gmail_quote">old</blockquote></div>',
      'Show',
    ),
    '<p>Yes.</p><details><summary>Show</summary>On x wrote:<blockquote>old</blockquote></details>',
  );
  assert.equal(
    clean('<div>New</div><hr><div id="divRplyFwdMsg"><b>From:</b> Bob</div><div>old <div>x</div></div>', 'Show'),
    '<div>New</div><hr /><details><summary>Show</summary><div><b>From:</b> Bob</div><div>old <div>x</div></div></details>',
  );
  assert.equal(clean('<blockquote>all of it</blockquote>', 'Show'), '<blockquote>all of it</blockquote>');
  assert.equal(clean('<p>Yes.</p><blockquote>old</blockquote>'), '<p>Yes.</p><blockquote>old</blockquote>');
});

test('no mail makes a fold of its own, or writes into ours', () => {
  const html = clean(
    '<p title="<details>">&lt;details&gt;</p><details open><summary onclick="x()">mine</summary>a</details><blockquote>q</blockquote>',
    'Show <b>&"',
  );
  assert.equal(html.match(/<details/g)?.length, 1);
  assert.match(html, /<details><summary>Show &#60;b&#62;&#38;&#34;<\/summary>q<\/details>/);
  assert.doesNotMatch(html, /onclick|<summary>mine/);
});

test('the text of cleaned HTML has its lines and its characters', () => {
  assert.equal(
    textOfSafeHtml(clean('<p>One &amp; <b>two</b></p><ul><li>a</li><li>b</li></ul>x<br>y &lt;z&gt; &#233;')),
    'One & two\na\nb\n\nx\ny <z> é',
  );
});
