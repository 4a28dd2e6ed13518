// Owns burning the viewer's address and the time into a page: over and over, aslant, dark with a light edge, so that it
// shows on any ground and leaves the page readable. A page on which it did not show is not sent.

import { clear, needOwnFont, OWN_FONT, paper } from './canvas.ts';
import type { Canvas } from './canvas.ts';

const ANGLE = (-24 * Math.PI) / 180;
const INK = 'rgba(0, 0, 0, 0.15)';
const EDGE = 'rgba(255, 255, 255, 0.28)';
const FONT_SHARE = 1 / 46; // of the page's width
const FONT_MIN_PX = 11;
const FONT_MAX_PX = 40;

/**
 * The page with the mark in its pixels. It is put together on a surface of its own: what a file left behind on its
 * page's (a clip, a scale, a way of blending) must not touch the mark. Throws when it does not show everywhere.
 */
export function burnMark(page: Canvas, mark: string): Canvas {
  const marked = paper(page.width, page.height);
  const context = marked.getContext('2d');
  context.drawImage(page, 0, 0);
  context.drawImage(markLayer(page.width, page.height, mark), 0, 0);
  checkShows(page, marked);
  return marked;
}

function markLayer(width: number, height: number, mark: string): Canvas {
  needOwnFont();
  const layer = clear(width, height);
  const context = layer.getContext('2d');
  const fontPx = Math.round(Math.min(FONT_MAX_PX, Math.max(FONT_MIN_PX, width * FONT_SHARE)));
  context.font = `${fontPx}px ${OWN_FONT}`;
  context.textBaseline = 'middle';
  context.fillStyle = INK;
  context.strokeStyle = EDGE;
  context.lineWidth = Math.max(1, fontPx / 12);
  const step = context.measureText(mark).width + fontPx * 2.5;
  const lineStep = fontPx * 5.2;
  const reach = Math.hypot(width, height) / 2 + fontPx;
  context.translate(width / 2, height / 2);
  context.rotate(ANGLE);
  for (let row = 0, y = -reach; y < reach; row += 1, y += lineStep) {
    for (let x = -reach - step + (row % 2) * (step / 2); x < reach; x += step) {
      context.strokeText(mark, x, y);
      context.fillText(mark, x, y);
    }
  }
  return layer;
}

/** A side is looked at in so many parts; each holds some of the mark, at every size that a page can have. */
const PARTS = 3;
const CHANGED_MIN = 20; // pixels

function checkShows(page: Canvas, marked: Canvas): void {
  const [width, height] = [Math.floor(page.width / PARTS), Math.floor(page.height / PARTS)];
  for (let part = 0; part < PARTS * PARTS; part += 1) {
    const at = [(part % PARTS) * width, Math.floor(part / PARTS) * height, width, height] as const;
    const before = page.getContext('2d').getImageData(...at).data;
    const after = marked.getContext('2d').getImageData(...at).data;
    let changed = 0;
    for (let n = 0; n < after.length; n += 4) if (before[n] !== after[n]) changed += 1;
    if (changed < CHANGED_MIN) throw new Error('the mark does not show');
  }
}
