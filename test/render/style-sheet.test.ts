// Keeps the style sheet small, self-contained and readable by everybody, whatever colour a brand brings.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { contrast, fromHex, fromOklch, mix } from './contrast.ts';
import type { Lab } from './contrast.ts';

const STATIC = join(import.meta.dirname, '../../static');
const css = readFileSync(join(STATIC, 'portal.css'), 'utf8');

function token(name: string, theme: 'light' | 'dark'): Lab {
  const found = new RegExp(`--${name}: light-dark\\((oklch\\([^)]*\\)), (oklch\\([^)]*\\))\\);`).exec(css);
  return fromOklch(found?.[theme === 'light' ? 1 : 2] ?? `no token ${name}`);
}

describe('the style sheet', () => {
  it('is smaller than 10 KB on its way', () => {
    const { length } = gzipSync(css);
    assert.ok(length < 10_000, String(length));
  });

  it('fetches nothing', () => assert.doesNotMatch(css, /url\(|@import|@font-face|https?:/));

  it('knows no left and no right, so that it turns with the script', () => {
    assert.doesNotMatch(
      css,
      /(margin|padding|border)-(left|right)|[{;]\s*(left|right)\s*:|text-align:\s*(left|right)|float:/,
    );
  });

  for (const theme of ['light', 'dark'] as const) {
    for (const ground of ['desk', 'paper', 'well'] as const) {
      for (const text of ['ink', 'soft', 'good', 'bad', 'wait']) {
        it(`reads ${text} on ${ground} in ${theme} at 4.5 to 1 or more`, () => {
          assert.ok(contrast(token(text, theme), token(ground, theme)) >= 4.5);
        });
      }
      it(`tells the edge of a control from ${ground} in ${theme} at 3 to 1 or more`, () => {
        assert.ok(contrast(token('edge', theme), token(ground, theme)) >= 3);
      });
    }

    it(`reads what is bad on its own wash in ${theme}`, () => {
      for (const text of ['ink', 'bad', 'soft'])
        assert.ok(contrast(token(text, theme), token('bad-wash', theme)) >= 4.5);
    });

    it(`tells the primary button from the paper in ${theme}, whatever the brand's colour`, () => {
      const share =
        Number(/--brand-edge: color-mix\(in oklab, var\(--brand\) (\d+)%, var\(--ink\)\)/.exec(css)?.[1]) / 100;
      for (const brand of [
        '#000000',
        '#ffffff',
        '#ffd84d',
        '#0b5d4e',
        '#808080',
        '#1a1a1a',
        '#f5f5f0',
        '#ff0000',
        '#0000ff',
      ]) {
        const edge = contrast(mix(fromHex(brand), share, token('ink', theme)), token('paper', theme));
        const plane = contrast(fromHex(brand), token('paper', theme));
        assert.ok(Math.max(edge, plane) >= 3, `${brand} ${edge} ${plane}`);
      }
    });
  }
});

describe('scripts', () => {
  it('write no markup and stay small', () => {
    for (const file of readdirSync(STATIC).filter((name) => name.endsWith('.js'))) {
      const script = readFileSync(join(STATIC, file), 'utf8');
      assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|https?:/, file);
      assert.ok(script.length < 3_000, file);
    }
  });
});
