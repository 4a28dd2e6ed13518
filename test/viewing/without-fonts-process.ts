// Paints a marked page of text and says how much ink is on it, for a machine that has no fonts.

import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { paintPage } from '../../server/viewing/paint/paint.ts';

const families = GlobalFonts.families.length;

async function ink(mark: string | null): Promise<number> {
  const ask = {
    task: 'draw',
    file: { kind: 'text' },
    page: 1,
    zoom: 'fit',
    wantsText: false,
    mark,
    format: 'png',
  } as const;
  const image = await loadImage((await paintPage(ask, Buffer.from('A line of text\n'.repeat(20)))).image);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data.filter((value) => value < 250).length;
}

console.log(JSON.stringify({ families, text: await ink(null), marked: await ink('bob@recipient.example, now') }));
