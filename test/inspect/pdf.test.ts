// Texts of PDF files: on their pages however they were set, and beside them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import PdfKit from 'pdfkit';
import { endlessPdf, lockedPdf, pdf, swellingPdf } from '../viewing/samples.ts';
import { docx, runs } from './office-samples.ts';
import { read } from './read.ts';

const NUMBER = '4111 1111 1111 1111';

/** As programs write them today: packed, with fonts of their own. */
function written(
  fill: (document: PDFKit.PDFDocument) => void,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const document = new PdfKit(options);
  const pieces: Buffer[] = [];
  document.on('data', (piece: Buffer) => pieces.push(piece));
  fill(document);
  return new Promise((resolve) => {
    document.on('end', () => resolve(Buffer.concat(pieces)));
    document.end();
  });
}

test('the text of every page is read', async () => {
  const { text, unreadable } = await read(pdf(['One', 'Two', NUMBER]));
  assert.match(text, /One\nTwo\n4111 1111 1111 1111/);
  assert.deepEqual(unreadable, []);
});

test('a text that is set letter by letter is read as it is seen', async () => {
  // Each at its place by its own matrix, in the widths of Helvetica at 24 points.
  const letters = [...'4111111111111111'].map((letter, n) => `1 0 0 1 ${72 + n * 13.344} 700 Tm (${letter}) Tj`);
  assert.ok(
    (await read(pdf(['x'], { contents: `BT /F1 24 Tf ${letters.join(' ')} ET` }))).text.includes('4111111111111111'),
  );
  const spaced = pdf(['x'], {
    contents: 'BT /F1 24 Tf 72 700 Td [(41) 20 (11 1) -10 (111) -300 (1111 ) 5 (1111)] TJ ET',
  });
  assert.ok((await read(spaced)).text.includes(NUMBER));
});

test('a text goes on in the next line', async () => {
  const { text } = await read(
    pdf(['x'], { contents: 'BT /F1 24 Tf 72 700 Td (4111 1111) Tj 0 -30 Td (1111 1111) Tj ET' }),
  );
  assert.match(text, /4111 1111\n1111 1111/);
});

test('a text that is hidden or white is read', async () => {
  for (const setting of ['3 Tr 72 700 Td', '1 1 1 rg 72 700 Td']) {
    assert.ok(
      (await read(pdf(['x'], { contents: `BT /F1 24 Tf ${setting} (${NUMBER}) Tj ET` }))).text.includes(NUMBER),
      setting,
    );
  }
});

test('what stands beside the pages is read', async () => {
  const places: Record<string, (document: PDFKit.PDFDocument) => unknown> = {
    'a note': (document) => document.text('x').note(10, 10, 50, 50, NUMBER),
    'a field': (document) => document.text('x').initForm().formText('a', 10, 10, 99, 20, { value: NUMBER }),
    'a bookmark': (document) => document.text('x').outline.addItem(NUMBER),
    'the title': (document) => (document.text('x').info.Title = NUMBER),
    'the keywords': (document) => (document.text('x').info.Keywords = NUMBER),
    'a file': (document) => document.text('x').file(Buffer.from(NUMBER), { name: 'a.txt' }),
    'a document': (document) => document.text('x').file(docx(runs(NUMBER)), { name: 'a.docx' }),
  };
  for (const [place, fill] of Object.entries(places)) {
    const { text, unreadable } = await read(await written(fill));
    assert.ok(text.includes(NUMBER), `${place}: ${text}`);
    assert.deepEqual(unreadable, [], place);
  }
});

test('a file that hangs on a page is read', async () => {
  const objects = [
    '<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>',
    '<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 6 0 R >> >>',
    `<< /Type /EmbeddedFile /Length ${NUMBER.length} >>\nstream\n${NUMBER}\nendstream`,
  ];
  const { texts } = await read(pdf(['x'], { objects, page: '/MediaBox [0 0 595 842] /Annots [4 0 R]' }));
  assert.ok(texts.some(({ path, text }) => path.join() === 'a.txt' && text === NUMBER));
});

test('a file in it has its place', async () => {
  const { texts } = await read(
    await written((document) => document.text('x').file(Buffer.from('Hello'), { name: 'a.txt' })),
  );
  assert.ok(texts.some(({ path, text }) => path.join() === 'a.txt' && text === 'Hello'));
});

test('one with a password is said to be encrypted; one that only forbids printing is read', async () => {
  assert.deepEqual((await read(lockedPdf())).unreadable, ['encrypted']);
  const locked = await written((document) => document.text(NUMBER), { userPassword: 'x', ownerPassword: 'y' });
  assert.deepEqual(await read(locked), {
    texts: [],
    text: '',
    unreadable: ['encrypted'],
    files: [{ part: 1, path: [], types: ['application/pdf'], sizeBytes: locked.length }],
  });
  const open = await written((document) => document.text(NUMBER), { ownerPassword: 'y', permissions: {} });
  const { text, unreadable } = await read(open);
  assert.ok(text.includes(NUMBER));
  assert.deepEqual(unreadable, []);
});

test('one that was cut off is said to be broken, wherever that was', async () => {
  const whole = await written((document) => {
    for (let page = 0; page < 20; page += 1) document.text(`${NUMBER} `.repeat(50)).addPage();
  });
  for (let at = 20; at < whole.length - 8; at += Math.ceil(whole.length / 12)) {
    const { unreadable } = await read(whole.subarray(0, at));
    assert.deepEqual(unreadable, ['broken'], `cut at ${at} of ${whole.length}`);
  }
});

test('one whose objects go round in circles ends', async () => {
  const round = pdf(['x'], { trailer: '/Prev 0' });
  for (const file of [endlessPdf(), swellingPdf(), round]) await read(file);
  const pages = pdf(['x']).toString('latin1').replace('/Kids [4 0 R]', '/Kids [2 0 R]');
  assert.deepEqual((await read(Buffer.from(pages, 'latin1'))).unreadable, ['broken']);
});

test('of one with too many pages the first are read, and it is named', async () => {
  const { text, unreadable } = await read(pdf(['One', 'Two', 'Three']), {}, { pdfPagesMax: 2 });
  assert.match(text, /One\nTwo/);
  assert.ok(!text.includes('Three'));
  assert.deepEqual(unreadable, ['too-large']);
});

test('one that takes too long is read until then, and named', async () => {
  const line = (n: number): string => `(Line ${n} of a long text with many words in it) Tj 0 -12 Td`;
  const contents = `BT /F1 10 Tf 72 700 Td ${Array.from({ length: 900 }, (_, n) => line(n)).join(' ')} ET`;
  const large = pdf(
    Array.from({ length: 200 }, () => 'x'),
    { contents },
  );
  assert.ok(large.length > 10 * 1024 * 1024, String(large.length));
  const { text, unreadable } = await read(large, {}, { partStepsMax: 3_000_000 });
  assert.ok(text.includes('Line 1 of'));
  assert.deepEqual(unreadable, ['too-slow']);
});
