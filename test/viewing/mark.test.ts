// The mark is in the pixels of every page, whatever the page and however it was drawn; or there is no page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { findKind } from '../../server/files/kind.ts';
import { paper } from '../../server/viewing/paint/canvas.ts';
import type { Canvas } from '../../server/viewing/paint/canvas.ts';
import { burnMark } from '../../server/viewing/paint/mark.ts';
import { paintPage } from '../../server/viewing/paint/paint.ts';
import { openPdf } from '../../server/viewing/paint/pdf.ts';
import { openTextFile } from '../../server/viewing/paint/text.ts';
import { bmp, docx, pdf, png } from './samples.ts';
import { MARK } from './view.ts';

/** Of each of nine parts, how many pixels in a thousand are not as they were. */
function changes(before: Buffer, after: Buffer, width: number, height: number): number[] {
  const counts = Array.from({ length: 9 }, () => 0);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const part = Math.min(2, Math.floor((y * 3) / height)) * 3 + Math.min(2, Math.floor((x * 3) / width));
      if (before.readUInt32BE(at) !== after.readUInt32BE(at)) counts[part] = (counts[part] ?? 0) + 1;
    }
  }
  return counts.map((count) => Math.round((count * 9_000) / (width * height)));
}

/** As the painting process does it, here. */
async function painted(bytes: Buffer, mark: string | null): Promise<{ data: Buffer; width: number; height: number }> {
  const file = findKind(bytes);
  assert.ok(file.kind !== 'none');
  const ask = { task: 'draw', file, page: 1, zoom: 'fit', wantsText: false, mark, format: 'png' } as const;
  const image = await loadImage((await paintPage(ask, bytes)).image);
  const { width, height } = image;
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return { data: Buffer.from(canvas.getContext('2d').getImageData(0, 0, width, height).data), width, height };
}

const pixelsOf = (canvas: Canvas): Buffer =>
  Buffer.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data);

function assertMarked(page: Canvas, marked: Canvas): void {
  for (const share of changes(pixelsOf(page), pixelsOf(marked), page.width, page.height)) {
    assert.ok(share >= 5, `${share} in a thousand pixels`);
    assert.ok(share <= 200, `${share} in a thousand pixels: the page cannot be read any more`);
  }
}

const files: Record<string, Buffer> = {
  pdf: pdf(['A page']),
  text: Buffer.from('A line\n'.repeat(200)),
  csv: Buffer.from('name,sum\n"A",3\n'),
  document: docx(['A paragraph']),
  'small picture': png(1, 1),
  'wide picture': png(1_200, 30),
  'high picture': png(30, 1_200),
  'large picture': png(1_600, 1_200),
  bitmap: bmp(200, 300),
};

for (const [name, bytes] of Object.entries(files)) {
  test(`each part of a page of a ${name} bears it, and another reader's or another time's page is another picture`, async () => {
    const marks = [null, MARK, MARK.replace('bob', 'eve'), MARK.replace('20:03', '20:04')];
    // One after the other, as a process paints one page: which decoder may run is a setting of the process.
    const images: Awaited<ReturnType<typeof painted>>[] = [];
    for (const mark of marks) images.push(await painted(bytes, mark));
    const [plain, ...marked] = images;
    assert.ok(plain);
    for (const [n, one] of marked.entries()) {
      for (const share of changes(plain.data, one.data, plain.width, plain.height)) assert.ok(share >= 5, `${share}`);
      for (const other of marked.slice(n + 1)) assert.ok(!one.data.equals(other.data));
    }
  });
}

for (const colour of ['#fff', '#000', '#808080', '#f00', '#00f']) {
  test(`it shows on ${colour}`, () => {
    const page = paper(900, 1_200);
    const context = page.getContext('2d');
    context.fillStyle = colour;
    context.fillRect(0, 0, 900, 1_200);
    assertMarked(page, burnMark(page, MARK));
  });
}

test('what a page was drawn with does not touch it: scale, clip, blending, transparency', async () => {
  const page = paper(900, 1_200);
  const context = page.getContext('2d');
  context.scale(1e-6, 1e-6);
  context.rect(0, 0, 1, 1);
  context.clip();
  context.globalAlpha = 0;
  context.globalCompositeOperation = 'destination-over';
  assertMarked(page, burnMark(page, MARK));

  const drawn = await (
    await openPdf(pdf(['x'], { contents: 'q 0 0 1 1 re W n 0.001 0 0 0.001 0 0 cm' }))
  ).draw({ page: 1, zoom: 'fit' });
  assertMarked(drawn, burnMark(drawn, MARK));
  const text = await openTextFile(Buffer.from('x')).draw({ page: 1, zoom: '300' });
  assertMarked(text, burnMark(text, MARK));
});

test('a page on which it does not show is not sent', () => {
  assert.throws(() => burnMark(paper(900, 1_200), ''), /mark does not show/);
  assert.throws(() => burnMark(paper(900, 1_200), '   '), /mark does not show/);
});
