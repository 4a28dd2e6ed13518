// The room that a mail's pictures take, shown or not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pictures } from '../../server/mail/safe-picture.ts';

const PNG = 'data:image/png;base64,AA==';
const of = (src: string, attributes: Record<string, string>, alt = ''): Record<string, string> =>
  new Pictures(new Map([['a@b', PNG]])).attributesOf(src, alt, attributes);

test('a picture with two sides keeps its shape when it is made narrower', () => {
  for (const [attributes, shape] of [
    [{ width: '600', height: '300' }, 'aspect-ratio:600/300'],
    [{ style: 'width:1in;height:36pt' }, 'width:1in;height:36pt;aspect-ratio:96/48'],
    [{ width: '600', height: '300', style: 'width:100%' }, 'width:100%;aspect-ratio:600/300'],
    [{ width: '1', height: '300', style: 'width:600px !important' }, 'width:600px !important;aspect-ratio:600/300'],
  ] as const)
    assert.equal(of('cid:a@b', attributes)['style'], shape);
});

test('a picture with one side, none, or one that grows by itself is left alone', () => {
  for (const attributes of [
    {},
    { width: '600' },
    { height: '40' },
    { width: '0', height: '10' },
    { width: '100%', height: '8' },
    { width: '600', height: '300', style: 'height:auto' },
  ])
    assert.deepEqual(of('cid:a@b', attributes), { ...attributes, alt: '', src: PNG });
});

test('what is not shown keeps its room when it is nothing but room', () => {
  const blank = of('https://x.example/spacer.gif', { width: '640', height: '8' });
  assert.match(blank['src'] ?? '', /^data:image\/gif;base64,R0lGOD/);
  assert.equal(blank['style'], 'aspect-ratio:640/8');
  assert.equal(of('https://x.example/a.gif', {})['src'], undefined);
  assert.equal(of('https://x.example/a.gif', { width: '9', height: '9' }, 'A chart')['src'], undefined);
  assert.equal(of('cid:other', { width: '9' }, 'A chart')['src'], undefined);
});
