import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shallowHtml } from '../../server/mail/shallow-html.ts';

const deep = (inside: string): string => `${'<div>'.repeat(1_000)}${inside}${'</div>'.repeat(1_000)}after`;

test('what is nested as mail is nested stays as it is', () => {
  for (const html of [
    'plain text, 1 < 2 & 3 > 2',
    '<table><tr><td>1<td>2<tr><td>3</table><ul><li>a<li>b</ul><!-- <div> --><style>a > b {}</style>',
    deep('in'),
    '<p>x'.repeat(5_000),
    `<table>${'<tr><td>1<th>2'.repeat(5_000)}</table>`,
    `<dl>${'<dt>1<dd>2'.repeat(5_000)}</dl>`,
    `${'<b>'.repeat(900)}${'</i>'.repeat(9_000)}`,
    '<br><img src="x"><hr>'.repeat(5_000),
  ])
    assert.equal(shallowHtml(html), html);
});

test('elements that lie too deep go, with their ends, and their text stays', () => {
  assert.equal(shallowHtml(deep('1<i class="x">2<B>3</b>4</i>5')), deep('12345'));
  assert.equal(shallowHtml(`${deep('<p>1<p>2')}<i>kept</i>`), `${deep('12')}<i>kept</i>`);
});

test('an end that an outer element brings ends those within it too', () => {
  const html = `<section>${'<b>'.repeat(2_000)}</section><i>kept</i>`;
  assert.equal(shallowHtml(html), `<section>${'<b>'.repeat(999)}</section><i>kept</i>`);
});

test('what is not meant to be seen does not become text by losing its tag', () => {
  for (const tag of ['svg', 'select', 'object', 'NOSCRIPT', 'iframe'])
    assert.equal(shallowHtml(deep(`1<${tag}>hidden</${tag}>2`)), `${'<div>'.repeat(1_000)}1`);
  for (const whole of ['<style>p > b { color: red }</style>', '<script>"</b>"</script>', '<!-- <b> -->'])
    assert.equal(shallowHtml(deep(whole)), deep(whole));
});
