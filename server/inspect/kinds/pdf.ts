// Owns reading a PDF: the text of its pages, its forms, notes and properties, and the files that it carries.

import { FileFault, faultOf } from '../../files/file-fault.ts';
import { openPdfDocument, pdfFiles, pdfNotes, pdfProperties, takePdfText } from '../../files/pdf.ts';
import type { PdfFile } from '../../files/pdf.ts';
import { Attempts } from '../attempts.ts';
import { innerPath } from '../inspected-file.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { steps } from '../steps.ts';

const PICTURE_PIXELS_MAX = 1_000_000; // none is looked at

export async function readPdf(reading: Reading, file: InspectedFile): Promise<void> {
  reading.spend(file.bytes.length * steps.pdfByte);
  // A copy: it takes the bytes away from whoever gave them.
  const document = await openPdfDocument(new Uint8Array(file.bytes), PICTURE_PIXELS_MAX);
  try {
    const attempts = new Attempts();
    const pages = Math.min(document.numPages, reading.limits.pdfPagesMax);
    for (let page = 1; page <= pages; page += 1) {
      await attempts.try(async () => {
        reading.spend(steps.pdfPage);
        await reading.take(file.path, ({ write }) =>
          takePdfText(document, page, (text, pieces) => {
            write(text);
            reading.spend(pieces * steps.pdfText);
          }),
        );
      });
      await attempts.try(async () => {
        const { texts, files } = await pdfNotes(document, page);
        reading.spend(texts.length * steps.pdfText);
        await reading.take(file.path, ({ aside }) => texts.forEach(aside));
        await readFiles(reading, file, files);
      });
    }
    await attempts.try(async () => {
      const properties = await pdfProperties(document);
      reading.spend(properties.length * steps.pdfText);
      await reading.take(file.path, ({ aside }) => properties.forEach(aside));
    });
    await attempts.try(async () => readFiles(reading, file, await pdfFiles(document)));
    if (document.numPages > pages) throw new FileFault('too-large');
    if (!isWhole(file.bytes)) throw new FileFault('broken');
    attempts.end();
  } finally {
    await document.loadingTask.destroy();
  }
}

async function readFiles(reading: Reading, outer: InspectedFile, files: readonly PdfFile[]): Promise<void> {
  for (const { name, read } of files) {
    const bytes = await read().catch((error: unknown) => reading.fail(innerPath(outer, name), faultOf(error)));
    if (bytes === undefined) continue;
    reading.countBytes(bytes.length);
    await reading.readInner(outer, { name, bytes });
  }
}

const END_BYTES = 1_024;

// ISO 32000-1, annex H, note 18: within the last 1,024 bytes. Without it pages may be missing that nobody misses.
function isWhole(bytes: Buffer): boolean {
  return bytes.subarray(-END_BYTES).includes('%%EOF');
}
