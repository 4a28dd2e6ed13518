// Owns the sample's PDF: one page of text and a table, written by hand so that the tree needs no PDF library.

import { amount, costLines, money, totals, VAT_PERCENT } from './sample-costs.ts';

// A4 in points; PDF counts from the lower left corner.
const PAGE_WIDTH = 595;
const PAGE_HEIGHT = 842;
const LEFT = 72;
const RIGHT = PAGE_WIDTH - 72;

/** The draft agreement on one page, PDF 1.4. `signing` is the day of the appointment in words. */
export function agreementPdf(signing: string): Buffer {
  const content = pageContent(signing);
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R /Lang (en) >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE_WIDTH} ${PAGE_HEIGHT}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>',
    '<< /Title (Lease agreement, draft) /Author (Alice Example) /Producer (Sealpost sample) >>',
  ]);
}

/** Header, the objects numbered from 1, cross-reference table, trailer. The last object is the information dictionary. */
function assemble(objects: readonly string[]): Buffer {
  const offsets: number[] = [];
  let body = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'; // four bytes over 127, so that no program takes the file for text
  objects.forEach((object, index) => {
    offsets.push(body.length);
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
  });
  // Each entry is exactly 20 bytes: PDF 32000-1 section 7.5.4.
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  const table = `xref\n0 ${count}\n0000000000 65535 f \n${entries}`;
  const trailer = `trailer\n<< /Size ${count} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(body + table + trailer, 'latin1');
}

function pageContent(signing: string): string {
  const { net, vat, gross } = totals();
  const terms = [
    '1.  The landlord lets to the tenant the offices on the second floor of Harbour Street 12, 186 square',
    '     metres, with two parking spaces.',
    '2.  The lease begins on the first day of the month after signing and runs for five years. The tenant',
    '     may extend it once, by another five years, in writing and six months beforehand.',
    '3.  The rent is 3,250.00 EUR a month, due on the third working day. It follows the consumer price',
    '     index once a year, and not before the second year.',
    "4.  Repairs of structure and roof are the landlord's, all others the tenant's.",
  ];
  const rows: (readonly [string, string])[] = [
    ...costLines.map((line) => [`${line.what}, ${line.hours} h at ${money(line.rate)}`, money(amount(line))] as const),
    ['Sum', money(net)],
    [`VAT ${VAT_PERCENT} %`, money(vat)],
  ];
  const tableTop = 512;
  const rowsEnd = tableTop - rows.length * 18;
  return [
    text('F2', 18, LEFT, 760, 'Lease agreement'),
    text('F1', 11, LEFT, 740, 'Harbour Street 12, second floor - draft for discussion'),
    rule(728, 1),
    ...terms.map((term, n) => text('F1', 10, LEFT, 704 - n * 16, term)),
    text('F2', 12, LEFT, tableTop + 28, 'Estimate of our costs (EUR)'),
    rule(tableTop + 18, 0.5),
    ...rows.flatMap(([what, euro], n) => [
      text('F1', 10, LEFT, tableTop - n * 18, what),
      figure('F1', 10, tableTop - n * 18, euro),
    ]),
    rule(rowsEnd + 10, 0.5),
    text('F2', 10, LEFT, rowsEnd - 6, 'Total'),
    figure('F2', 10, rowsEnd - 6, money(gross)),
    text('F1', 10, LEFT, rowsEnd - 48, `Appointment for signing: ${signing}, 10:00, at our office.`),
    rule(150, 0.5, LEFT, LEFT + 180),
    rule(150, 0.5, RIGHT - 180, RIGHT),
    text('F1', 9, LEFT, 136, 'Landlord'),
    text('F1', 9, RIGHT - 180, 136, 'Tenant'),
  ].join('\n');
}

function text(font: 'F1' | 'F2', points: number, x: number, y: number, words: string): string {
  return `BT /${font} ${points} Tf ${x.toFixed(2)} ${y.toFixed(2)} Td (${words.replace(/[\\()]/g, '\\$&')}) Tj ET`;
}

/** A figure that ends at the right margin. In Helvetica digits are 0.556 of the size wide, point and comma half of that. */
function figure(font: 'F1' | 'F2', points: number, y: number, digits: string): string {
  const ems = [...digits].reduce((sum, character) => sum + (/\d/.test(character) ? 0.556 : 0.278), 0);
  return text(font, points, RIGHT - ems * points, y, digits);
}

function rule(y: number, points: number, from = LEFT, to = RIGHT): string {
  return `${points} w ${from} ${y} m ${to} ${y} l S`;
}
