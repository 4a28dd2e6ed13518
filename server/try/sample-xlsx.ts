// Owns the sample's spreadsheet: one sheet with figures and formulas, in the fewest parts that Office Open XML
// (ECMA-376) lets a workbook have.

import { amount, costLines, totals, VAT_PERCENT } from './sample-costs.ts';
import { zipStore } from './zip-store.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE_RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE_RELATION = 'http://schemas.openxmlformats.org/package/2006/relationships';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Indices into cellXfs below. */
const style = { plain: 0, bold: 1, money: 2, boldMoney: 3 } as const;

export function costsXlsx(): Buffer {
  return zipStore([
    {
      name: '[Content_Types].xml',
      content: `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/></Types>`,
    },
    { name: '_rels/.rels', content: relations(['officeDocument', 'xl/workbook.xml']) },
    {
      name: 'xl/workbook.xml',
      content: `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE_RELATION}"><sheets><sheet name="Costs" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relations(['worksheet', 'worksheets/sheet1.xml'], ['styles', 'styles.xml']),
    },
    { name: 'xl/worksheets/sheet1.xml', content: sheet() },
    { name: 'xl/styles.xml', content: styles() },
  ]);
}

function relations(...targets: readonly (readonly [string, string])[]): string {
  const list = targets.map(
    ([type, target], n) => `<Relationship Id="rId${n + 1}" Type="${OFFICE_RELATION}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE_RELATION}">${list.join('')}</Relationships>`;
}

function sheet(): string {
  const { net, vat, gross } = totals();
  const last = costLines.length + 1;
  const rows = [
    ['Work', 'Hours', 'Rate (EUR)', 'Amount (EUR)'].map((title, n) => words(n, 1, title, style.bold)),
    ...costLines.map((line, n) => [
      words(0, n + 2, line.what),
      number(1, n + 2, line.hours),
      number(2, n + 2, line.rate, style.money),
      formula(3, n + 2, `B${n + 2}*C${n + 2}`, amount(line), style.money),
    ]),
    [words(0, last + 1, 'Sum'), formula(3, last + 1, `SUM(D2:D${last})`, net, style.money)],
    [
      words(0, last + 2, `VAT ${VAT_PERCENT} %`),
      formula(3, last + 2, `D${last + 1}*${VAT_PERCENT}/100`, vat, style.money),
    ],
    [
      words(0, last + 3, 'Total', style.bold),
      formula(3, last + 3, `D${last + 1}+D${last + 2}`, gross, style.boldMoney),
    ],
  ];
  const body = rows.map((cells, n) => `<row r="${n + 1}">${cells.join('')}</row>`).join('');
  const columns =
    '<cols><col min="1" max="1" width="34" customWidth="1"/><col min="2" max="4" width="14" customWidth="1"/></cols>';
  return `${XML}<worksheet xmlns="${MAIN}">${columns}<sheetData>${body}</sheetData></worksheet>`;
}

function styles(): string {
  const font = (bold: string): string => `<font>${bold}<sz val="11"/><name val="Calibri"/></font>`;
  const cell = (numberFormat: number, fontId: number): string =>
    `<xf numFmtId="${numberFormat}" fontId="${fontId}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`;
  const fills =
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>';
  const borders = '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>';
  const base = '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>';
  // 4 is the built-in number format #,##0.00.
  const cells = `<cellXfs count="4">${cell(0, 0)}${cell(0, 1)}${cell(4, 0)}${cell(4, 1)}</cellXfs>`;
  const names = '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>';
  return `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2">${font('')}${font('<b/>')}</fonts>${fills}${borders}${base}${cells}${names}</styleSheet>`;
}

function words(column: number, row: number, text: string, styleId: number = style.plain): string {
  return `<c r="${reference(column, row)}" s="${styleId}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

function number(column: number, row: number, value: number, styleId: number = style.plain): string {
  return `<c r="${reference(column, row)}" s="${styleId}"><v>${value}</v></c>`;
}

function formula(column: number, row: number, expression: string, value: number, styleId: number): string {
  return `<c r="${reference(column, row)}" s="${styleId}"><f>${expression}</f><v>${value}</v></c>`;
}

function reference(column: number, row: number): string {
  return `${'ABCD'.charAt(column)}${row}`;
}
