// Owns decoding pictures. The only wrapper of sharp in here: libvips decodes by shrinking while it reads and says how
// large a picture claims to be before it decodes anything.

import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { PictureFormat } from '../../files/kind.ts';
import { viewingLimits } from '../limits.ts';
import type { PageAsk } from '../viewer.ts';
import { decodeBitmap, paper } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import type { Opened } from './opened.ts';
import { Refused } from './refused.ts';
import { LEAST_HEIGHT, LEAST_WIDTH, pageSize } from './size.ts';
import type { PageSize } from './size.ts';

const LOADERS: Record<Exclude<PictureFormat, 'bmp'>, string> = {
  png: 'VipsForeignLoadPng',
  jpeg: 'VipsForeignLoadJpeg',
  gif: 'VipsForeignLoadNsgif',
  webp: 'VipsForeignLoadWebp',
  avif: 'VipsForeignLoadHeif',
  tiff: 'VipsForeignLoadTiff',
  svg: 'VipsForeignLoadSvg',
};
const SVG_DENSITY = 72;

export async function openPicture(bytes: Buffer, format: PictureFormat): Promise<Opened> {
  if (format === 'bmp') return openBitmap(bytes);
  // The one decoder for what the bytes are, and no other: not the one that the bytes would like.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: [LOADERS[format]] });
  const picture = (page: number, density = SVG_DENSITY): Sharp =>
    sharp(bytes, {
      // Out of bounds is said here, by the header alone, and again by libvips when it decodes.
      limitInputPixels: viewingLimits.picturePixelsMax,
      failOn: 'truncated',
      page: page - 1,
      pages: 1,
      ...(format === 'svg' ? { density } : {}),
    });
  const first = await picture(1)
    .metadata()
    .catch((error: unknown) => {
      throw new Refused(error instanceof Error && /pixel limit/i.test(error.message) ? 'too-large' : 'broken');
    });
  // The frames of an animation are no pages.
  const pages = format === 'tiff' ? (first.pages ?? 1) : 1;
  const natural = async (page: number): Promise<{ width: number; height: number }> => {
    const { width, height, autoOrient } = page === 1 ? first : await picture(page).metadata();
    if (width * height > viewingLimits.picturePixelsMax) throw new Refused('too-large');
    return { width: autoOrient.width, height: autoOrient.height };
  };
  const size = async ({ page, zoom }: PageAsk): Promise<PageSize> =>
    pageSize(await natural(page), zoom, format === 'svg');
  return {
    pages: Math.min(pages, viewingLimits.pagesMax),
    cut: pages > viewingLimits.pagesMax,
    size: async (ask) => onSheet(await size(ask)),
    draw: async (ask) => {
      const { drawnWidth, drawnHeight } = await size(ask);
      const { width } = await natural(ask.page);
      const { data } = await picture(ask.page, Math.min(2_400, Math.ceil((SVG_DENSITY * drawnWidth) / width)))
        .autoOrient()
        .resize(drawnWidth, drawnHeight, { fit: 'fill' })
        .flatten({ background: '#fff' })
        .toColourspace('srgb')
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const sheet = onSheet({ width: drawnWidth, height: drawnHeight, drawnWidth, drawnHeight });
      const canvas = paper(sheet.drawnWidth, sheet.drawnHeight);
      const context = canvas.getContext('2d');
      const image = context.createImageData(drawnWidth, drawnHeight);
      image.data.set(data);
      context.putImageData(image, ...middle(sheet, drawnWidth, drawnHeight));
      return canvas;
    },
  };
}

// sharp's own libvips reads no bitmaps. How large one claims to be stands in its header.
async function openBitmap(bytes: Buffer): Promise<Opened> {
  const claimed = Math.abs(bytes.readInt32LE(18) * bytes.readInt32LE(22));
  if (claimed > viewingLimits.picturePixelsMax) throw new Refused('too-large');
  const bitmap = await decodeBitmap(bytes);
  const sized = (ask: PageAsk): PageSize => pageSize(bitmap, ask.zoom, false);
  return {
    pages: 1,
    cut: false,
    size: async (ask) => onSheet(sized(ask)),
    draw: async (ask): Promise<Canvas> => {
      const { drawnWidth, drawnHeight } = sized(ask);
      const sheet = onSheet(sized(ask));
      const canvas = paper(sheet.drawnWidth, sheet.drawnHeight);
      canvas.getContext('2d').drawImage(bitmap, ...middle(sheet, drawnWidth, drawnHeight), drawnWidth, drawnHeight);
      return canvas;
    },
  };
}

/** A picture too small for the mark lies on a sheet that is large enough. */
function onSheet(size: PageSize): PageSize {
  const width = Math.max(size.drawnWidth, LEAST_WIDTH);
  const height = Math.max(size.drawnHeight, LEAST_HEIGHT);
  return { width, height, drawnWidth: width, drawnHeight: height };
}

function middle(sheet: PageSize, width: number, height: number): [x: number, y: number] {
  return [Math.floor((sheet.drawnWidth - width) / 2), Math.floor((sheet.drawnHeight - height) / 2)];
}
