// Owns opening a PDF, its pages and its text. The only wrapper of pdfjs-dist: it reads what other programs write, in
// JavaScript, and it brings its fonts along.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { viewingLimits } from '../limits.ts';
import type { PageAsk } from '../viewer.ts';
import { paper } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import type { Opened } from './opened.ts';
import { Refused } from './refused.ts';
import { pageSize } from './size.ts';

const CSS_PIXELS_PER_POINT = 96 / 72;

export async function openPdf(bytes: Buffer): Promise<Opened> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const folder = `${dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))}/`;
  const loading = getDocument({
    data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    verbosity: VerbosityLevel.ERRORS,
    // Glyphs are drawn as paths: no font of the file's is given to the system.
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: viewingLimits.picturePixelsMax,
    standardFontDataUrl: `${folder}standard_fonts/`,
    cMapUrl: `${folder}cmaps/`,
    wasmUrl: `${folder}wasm/`,
    iccUrl: `${folder}iccs/`,
  });
  // Nobody can be asked for a password here: the sender's file stays closed.
  loading.onPassword = () => {
    throw new Refused('encrypted');
  };
  const document = await loading.promise.catch((error: unknown) => {
    const locked = error instanceof Error && (error.name === 'PasswordException' || error.message === 'encrypted');
    throw new Refused(locked ? 'encrypted' : 'broken');
  });

  const sized = async ({ page, zoom }: PageAsk) => {
    const opened = await document.getPage(page);
    const { width, height } = opened.getViewport({ scale: CSS_PIXELS_PER_POINT });
    return { opened, natural: width, size: pageSize({ width, height }, zoom, true) };
  };
  return {
    pages: Math.min(document.numPages, viewingLimits.pagesMax),
    cut: document.numPages > viewingLimits.pagesMax,
    size: async (ask) => (await sized(ask)).size,
    draw: async (ask): Promise<Canvas> => {
      const { opened, natural, size } = await sized(ask);
      const canvas = paper(size.drawnWidth, size.drawnHeight);
      const viewport = opened.getViewport({ scale: (CSS_PIXELS_PER_POINT * size.drawnWidth) / natural });
      await opened.render({ canvas, viewport }).promise;
      return canvas;
    },
    text: async (page) => {
      const { items } = await (await document.getPage(page)).getTextContent();
      return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    },
  };
}
