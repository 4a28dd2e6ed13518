// Owns taking a logo in: whatever was uploaded is decoded and painted anew, so that no byte of the file
// itself is ever served. The only wrapper of sharp.

import type Sharp from 'sharp';
import { AppError } from '../core/errors.ts';
import { once } from '../core/once.ts';

export const LOGO_BYTES_MAX = 2 * 1024 * 1024;
const LOGO_PIXELS_MAX = 25_000_000;
const LOGO_WIDTH = 480;
const LOGO_HEIGHT = 160;
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
export async function encodeLogo(upload: Buffer): Promise<Buffer> {
  if (upload.length > LOGO_BYTES_MAX) throw notALogo();
  const sharp = await load();
  try {
    return await sharp(upload, { limitInputPixels: LOGO_PIXELS_MAX, failOn: 'error', pages: 1 })
      .autoOrient()
      .timeout({ seconds: DECODE_SECONDS })
      .resize(LOGO_WIDTH, LOGO_HEIGHT, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
  } catch {
    throw notALogo();
  }
}

function notALogo(): AppError {
  return new AppError('request/malformed', 'The logo has to be a PNG, JPEG or WebP picture of at most 2 MB.');
}
