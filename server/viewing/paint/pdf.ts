// Owns a PDF's pages as they are drawn.

import { openPdfDocument, pdfPageText } from '../../files/pdf.ts';
import { viewingLimits } from '../limits.ts';
import type { PageAsk } from '../viewer.ts';
import { paper } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import type { Opened } from './opened.ts';
import { pageSize } from './size.ts';

const CSS_PIXELS_PER_POINT = 96 / 72;

export async function openPdf(bytes: Buffer): Promise<Opened> {
  const document = await openPdfDocument(bytes, viewingLimits.picturePixelsMax);

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
    text: (page) => pdfPageText(document, page),
  };
}
