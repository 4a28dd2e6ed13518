// What a file is, by its bytes and never by its name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { findKind } from '../../server/files/kind.ts';
import { costsXlsx } from '../../server/try/sample-xlsx.ts';
import { zipStore } from '../../server/try/zip-store.ts';
import { bmp, docx, lockedOffice, odt, pdf, png, pptx } from '../viewing/samples.ts';

function named(bytes: Buffer | string): string {
  const found = findKind(Buffer.from(bytes));
  if (found.kind === 'none') return found.why;
  if (found.kind === 'picture') return found.format;
  return found.kind === 'office' ? found.ending : found.kind;
}

test('documents and pictures are known by how they begin', async () => {
  assert.equal(named(pdf(['x'])), 'pdf');
  assert.equal(named(Buffer.concat([Buffer.from('\n\n'), pdf(['x'])])), 'pdf');
  assert.equal(named(png(2, 2)), 'png');
  assert.equal(named(bmp(2, 2)), 'bmp');
  for (const format of ['jpeg', 'gif', 'webp', 'avif', 'tiff'] as const) {
    assert.equal(named(await sharp(png(16, 16)).toFormat(format).toBuffer()), format);
  }
  assert.equal(named('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'svg');
  assert.equal(named('\uFEFF<?xml version="1.0"?>\n<!-- drawn -->\n<!DOCTYPE svg>\n<svg width="1"/>'), 'svg');
});

test('Office files are told from other archives by what they hold', () => {
  assert.equal(named(docx(['x'])), 'docx');
  assert.equal(named(costsXlsx()), 'xlsx');
  assert.equal(named(pptx(['x'])), 'pptx');
  assert.equal(named(odt('<text:p>x</text:p>')), 'odt');
  assert.equal(named(zipStore([{ name: 'a.txt', content: 'x' }])), 'archive');
  assert.equal(named(lockedOffice()), 'encrypted');
  assert.equal(named(Buffer.concat([lockedOffice().subarray(0, 8), Buffer.alloc(600)])), 'old-office');
});

test('what reads as text is text, in any coding; all else is unknown', () => {
  for (const text of ['Hello', 'a;b\n1;2', '<svgx/>', '<p>markup</p>', 'Grüße', 'BMW', '{"a":1}'])
    assert.equal(named(text), 'text', text);
  assert.equal(named(Buffer.from('Gr\xfc\xdfe', 'latin1')), 'text');
  assert.equal(named(Buffer.from('\uFEFFwide', 'utf16le')), 'text');
  assert.equal(named(''), 'empty');
  assert.equal(named('a\0b'), 'unknown');
  assert.equal(named(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])), 'unknown');
  assert.equal(named(Buffer.alloc(500, 0x01)), 'unknown');
});

test('an archive that begins with a PDF or holds a document is an archive all the same', () => {
  assert.equal(named(zipStore([{ name: 'a.pdf', content: pdf(['x']).toString('latin1') }])), 'archive');
});
