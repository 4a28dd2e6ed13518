// Proves that the guess of a mail's height is of the right size. How near it comes in a browser is seen in
// test/browser/story.test.ts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frameRoom } from '../../server/render/frame-room.ts';

const words = (count: number): string => 'word '.repeat(count).trim();

describe('the room for a mail', () => {
  it('is small for a short mail and never nothing', () => {
    for (const html of ['', '<p>Yes.</p>', words(3)]) {
      const { widePx, narrowPx } = frameRoom(html);
      assert.ok(widePx >= 160 && widePx < 200 && narrowPx >= 160 && narrowPx < 200, html);
    }
  });

  it('grows with the text, and more on a phone', () => {
    const [short, long] = [frameRoom(`<p>${words(100)}</p>`), frameRoom(`<p>${words(200)}</p>`.repeat(2))];
    assert.ok(long.widePx > short.widePx && short.narrowPx > short.widePx && long.narrowPx > long.widePx);
  });

  it('counts paragraphs, lines, rows and pictures', () => {
    const base = frameRoom('<p>a</p>'.repeat(4)).widePx;
    assert.ok(frameRoom('<p>a</p>'.repeat(10)).widePx >= base + 6 * 40);
    assert.ok(frameRoom(`<p>${'a<br>'.repeat(10)}</p>`).widePx >= 10 * 26);
    assert.ok(frameRoom(`<table>${'<tr><td>a</td><td>b</td></tr>'.repeat(10)}</table>`).widePx >= 10 * 36);
    assert.ok(frameRoom('<img src="data:," height="700">').widePx >= 700);
  });

  it('lets a wide picture shrink with the window', () => {
    const picture = '<img src="data:," width="1144" height="800">';
    assert.ok(frameRoom(picture).narrowPx < 300);
  });

  it('puts cells of a row side by side, also in tables within tables', () => {
    const column = `<td>${'<p>a</p>'.repeat(20)}</td>`;
    const [one, two] = [
      frameRoom(`<table><tr>${column}</tr></table>`),
      frameRoom(`<table><tr>${column}${column}</tr></table>`),
    ];
    assert.equal(one.widePx, two.widePx);
    const nested = frameRoom(`<table><tr><td><table><tr>${column}${column}</tr></table></td></tr></table>`);
    assert.ok(nested.widePx < one.widePx + 80);
  });

  it('has an end, however long the mail is, and is found in no time', () => {
    const { widePx, narrowPx } = frameRoom(`<table><tr>${`<td>${words(5_000)}`.repeat(100)}`.repeat(50));
    assert.ok(widePx <= 2_400 && narrowPx <= 3_600);
  });
});
