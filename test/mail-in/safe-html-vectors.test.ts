import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHtmlCleaner } from '../../server/mail/safe-html.ts';
import { checkHarmless, parseCanonical } from './canonical-html.ts';
import { fetchVectors } from './fetch-vectors.ts';
import type { Vector } from './fetch-vectors.ts';
import { scriptVectors } from './script-vectors.ts';

const cleaner = createHtmlCleaner();
after(() => cleaner.close());

const clean = (html: string) => cleaner.clean({ html, images: new Map(), linkPrefix: '/out/' });

function withAddress({ html }: Vector): string {
  return html
    .replaceAll('HIT', 'http://canary.example/hit')
    .replaceAll('HOST', 'canary.example')
    .replaceAll('FIRE', 'fetch`http://canary.example/hit`');
}

test('there are enough vectors to mean something', () => {
  assert.ok(fetchVectors.length >= 40 && scriptVectors.length >= 25);
  for (const list of [fetchVectors, scriptVectors])
    assert.equal(new Set(list.map((vector) => vector.name)).size, list.length);
});

for (const vector of fetchVectors) {
  test(`nothing is left to fetch: ${vector.name}`, async () => {
    const { html } = await clean(withAddress(vector));
    checkHarmless(html, '/out/');
  });
}

for (const vector of scriptVectors) {
  test(`nothing is left to run: ${vector.name}`, async () => {
    const { html } = await clean(withAddress(vector));
    checkHarmless(html, '/out/');
  });
}

test('a second cleaning changes nothing but the numbers of links', async () => {
  for (const vector of [...fetchVectors, ...scriptVectors]) {
    const once = await clean(withAddress(vector));
    const twice = await clean(once.html);
    assert.equal(parseCanonical(twice.html).text, parseCanonical(once.html).text, vector.name);
  }
});

test('what would have been fetched is counted, once for each element', async () => {
  const html = `<img src="https://t.example/a.gif" srcset="https://t.example/b.gif 2x"><img src="cid:none"><img src="picture.png">
    <table background="//t.example/c"><tr><td style="background:url(http://t.example/d)">x</td></tr></table>
    <link rel=stylesheet href="https://t.example/e.css"><noscript><img src="http://t.example/f"></noscript><a href="https://t.example/">link</a>`;
  assert.equal((await clean(html)).blockedRemote, 5);
});

test('the independent reading refuses what it is there to refuse', () => {
  for (const bad of [
    '<img src="http://x/">',
    '<img src="data:image/svg+xml;base64,AAAA">',
    '<p onclick="x">',
    '<script>',
    '<p style="background:url(x)">',
    '<p style="width:expression(1)">',
    '<p style="position:fixed">',
    '<p style="color:\\72ed">',
    '<a href="https://x.example/">',
    '<a href="javascript:1">',
    '<a href="mailto:a@b.example?body=x">',
    '<p a=b>',
    "<p title='x'>",
    '<!-- x -->',
    'a < b',
    'a > b',
    'a & b',
  ]) {
    assert.throws(() => checkHarmless(bad, '/out/'), bad);
  }
});
