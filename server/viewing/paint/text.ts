// Owns drawing a text's pages.

import { decodeText } from '../../files/charsets.ts';
import { viewingLimits } from '../limits.ts';
import { needOwnFont, OWN_FONT, paper } from './canvas.ts';
import type { Opened } from './opened.ts';
import { pageSize } from './size.ts';
import { layOut } from './text-pages.ts';

// A4 at 96 dots an inch.
const WIDTH = 794;
const HEIGHT = 1_123;
const MARGIN = 56;
const FONT_PX = 12;
const LINE_PX = 16.5;
const COLUMNS = 94;
const LINES = Math.floor((HEIGHT - 2 * MARGIN) / LINE_PX);
const FAMILIES = `"DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "Noto Sans Mono CJK JP", ${OWN_FONT}, sans-serif`;
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/** Of the bytes of a text file as much as is shown. */
export function openTextFile(bytes: Buffer): Opened {
  const opened = openText(decodeText(bytes.subarray(0, viewingLimits.textBytesMax)));
  return bytes.length > viewingLimits.textBytesMax ? { ...opened, cut: true } : opened;
}

export function openText(text: string): Opened {
  const { pages, cut } = layOut(text, { columns: COLUMNS, lines: LINES, pagesMax: viewingLimits.pagesMax });
  const natural = { width: WIDTH, height: HEIGHT };
  return {
    pages: pages.length,
    cut,
    size: async ({ zoom }) => pageSize(natural, zoom, true),
    draw: async ({ page, zoom }) => {
      needOwnFont();
      const { drawnWidth, drawnHeight } = pageSize(natural, zoom, true);
      const canvas = paper(drawnWidth, drawnHeight);
      const context = canvas.getContext('2d');
      context.scale(drawnWidth / WIDTH, drawnHeight / HEIGHT);
      context.font = `${FONT_PX}px ${FAMILIES}`;
      context.fillStyle = '#111';
      context.textBaseline = 'top';
      for (const [n, line] of (pages[page - 1] ?? []).entries()) {
        const turned = RIGHT_TO_LEFT.test(line);
        context.direction = turned ? 'rtl' : 'ltr';
        context.textAlign = turned ? 'right' : 'left';
        // No line leaves the paper, whatever fonts are there.
        context.fillText(line, turned ? WIDTH - MARGIN : MARGIN, MARGIN + n * LINE_PX, WIDTH - 2 * MARGIN);
      }
      return canvas;
    },
    text: async (page) => (pages[page - 1] ?? []).join('\n'),
  };
}
