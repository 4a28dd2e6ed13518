// Owns taking a brand's pictures in: whatever was uploaded is decoded and painted anew, so that no byte of the file
// itself is ever served. The only wrapper of sharp.

import type Sharp from 'sharp';
import { AppError } from '../core/errors.ts';
import { once } from '../core/once.ts';

export const LOGO_BYTES_MAX = 2 * 1024 * 1024;
const LOGO_PIXELS_MAX = 25_000_000;
const LOGO_WIDTH = 480;
const LOGO_HEIGHT = 160;
const FAVICON_SIDE = 64;
const DECODE_SECONDS = 5;

// Loaded when the first logo comes: it is large, and most servers never see one.
const load = once(async (): Promise<typeof Sharp> => {
  const { default: sharp } = await import('sharp');
  // No other decoder ever sees an upload: SVG and PDF are programs, and each format more is code more.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'] });
  return sharp;
});

/** PNG bytes within 480 × 160 pixels. Throws request/malformed for anything but PNG, JPEG or WebP. */
export function encodeLogo(upload: Buffer): Promise<Buffer> {
  return paintAnew(upload, 'The logo', LOGO_WIDTH, LOGO_HEIGHT);
}

/** The same within 64 × 64 pixels, for the tab of a browser. */
export function encodeFavicon(upload: Buffer): Promise<Buffer> {
  return paintAnew(upload, 'The small icon', FAVICON_SIDE, FAVICON_SIDE);
}

async function paintAnew(upload: Buffer, what: string, width: number, height: number): Promise<Buffer> {
  if (upload.length > LOGO_BYTES_MAX) throw notAPicture(what);
  const sharp = await load();
  try {
    return await sharp(upload, { limitInputPixels: LOGO_PIXELS_MAX, failOn: 'error', pages: 1 })
      .autoOrient()
      .timeout({ seconds: DECODE_SECONDS })
      .resize(width, height, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
  } catch {
    throw notAPicture(what);
  }
}

function notAPicture(what: string): AppError {
  return new AppError('request/malformed', `${what} has to be a PNG, JPEG or WebP picture of at most 2 MB.`);
}
