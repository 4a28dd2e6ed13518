// Owns surfaces to draw on, and the one font that is always there. The only wrapper of @napi-rs/canvas: Skia with
// prebuilt binaries, which pdf.js draws on as well.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import type { Canvas } from '@napi-rs/canvas';
import type { ImageFormat } from '../paint-protocol.ts';

export type { Canvas };

/** Liberation Sans, which pdfjs-dist brings along: on a machine without fonts text and mark are still drawn. */
export const OWN_FONT = 'SealpostSans';

const PDFJS = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const WEBP_QUALITY = 82;
let registered = false;

/** Throws when the font cannot be had. */
export function needOwnFont(): void {
  if (registered) return;
  if (GlobalFonts.registerFromPath(join(PDFJS, 'standard_fonts/LiberationSans-Regular.ttf'), OWN_FONT) === null) {
    throw new Error('the font of the mark is missing');
  }
  registered = true;
}

/** White paper. */
export function paper(width: number, height: number): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  return canvas;
}

export function clear(width: number, height: number): Canvas {
  return createCanvas(width, height);
}

/** WebP is a fifth of the size; PNG is for browsers that do not say they know it. */
export function encode(canvas: Canvas, format: ImageFormat): Promise<Buffer> {
  return format === 'webp' ? canvas.encode('webp', WEBP_QUALITY) : canvas.encode('png');
}

/** For the one kind of picture that sharp does not read. */
export async function decodeBitmap(bytes: Buffer): Promise<Canvas> {
  const image = await loadImage(bytes);
  const canvas = paper(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas;
}
