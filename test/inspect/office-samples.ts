// Owns Office files with a text in each of the places that one can have.

import { zip } from './zip.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A package of these parts, each the content of its root element. */
export function openXml(parts: Readonly<Record<string, Buffer | string>>): Buffer {
  return zip([
    { name: '[Content_Types].xml', content: `${XML}<Types/>` },
    ...Object.entries(parts).map(([name, content]) => ({ name, content })),
  ]);
}

export function part(root: string, content: string): string {
  return `${XML}<${root} xmlns:w="w" xmlns:a="a" xmlns:p="p" xmlns:v="v" xmlns:mc="mc" xmlns:wp="wp" xmlns:r="r" xmlns:dc="dc" xmlns:vt="vt" xmlns:c="c" xmlns:x="x">${content}</${root}>`;
}

export function runs(...texts: readonly string[]): string {
  return `<w:p>${texts.map((text) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`).join('')}</w:p>`;
}

export function docx(body: string, more: Readonly<Record<string, Buffer | string>> = {}): Buffer {
  return openXml({ 'word/document.xml': part('w:document', `<w:body>${body}</w:body>`), ...more });
}

export interface Sheet {
  readonly rows?: string;
  readonly more?: string;
}

export function xlsx(
  sheets: readonly Sheet[],
  {
    strings = [],
    formats = [],
    parts = {},
  }: { strings?: string[]; formats?: string[]; parts?: Record<string, string> } = {},
): Buffer {
  const shared = strings.map((string) => (string.startsWith('<') ? `<si>${string}</si>` : `<si><t>${string}</t></si>`));
  const numbered = formats.map((format, n) => `<numFmt numFmtId="${164 + n}" formatCode="${format}"/>`);
  const styles = ['<xf numFmtId="0"/>', ...formats.map((_, n) => `<xf numFmtId="${164 + n}"/>`)];
  const worksheets = sheets.map(({ rows = '', more = '' }, n) => [
    `xl/worksheets/sheet${n + 1}.xml`,
    part('worksheet', `<sheetData>${rows}</sheetData>${more}`),
  ]);
  return openXml({
    'xl/workbook.xml': part(
      'workbook',
      `<sheets>${sheets.map((_, n) => `<sheet name="Sheet ${n + 1}" state="${n === 0 ? 'visible' : 'veryHidden'}"/>`).join('')}</sheets>`,
    ),
    ...(Object.fromEntries(worksheets) as Record<string, string>),
    'xl/sharedStrings.xml': part('sst', shared.join('')),
    'xl/styles.xml': part('styleSheet', `<numFmts>${numbered.join('')}</numFmts><cellXfs>${styles.join('')}</cellXfs>`),
    ...parts,
  });
}

const ODF = 'urn:oasis:names:tc:opendocument:xmlns';
export function openDocument(content: string, parts: Readonly<Record<string, string>> = {}, manifest = ''): Buffer {
  const spaces = `xmlns:office="${ODF}:office:1.0" xmlns:text="${ODF}:text:1.0" xmlns:table="${ODF}:table:1.0" xmlns:draw="${ODF}:drawing:1.0" xmlns:dc="dc" xmlns:meta="meta" xmlns:style="style" xmlns:svg="svg"`;
  return zip([
    { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text', stored: true },
    {
      name: 'META-INF/manifest.xml',
      content: `${XML}<manifest:manifest xmlns:manifest="m">${manifest}</manifest:manifest>`,
    },
    {
      name: 'content.xml',
      content: `${XML}<office:document-content ${spaces}><office:body><office:text>${content}</office:text></office:body></office:document-content>`,
    },
    ...Object.entries(parts).map(([name, inner]) => ({
      name,
      content: `${XML}<office:document ${spaces}>${inner}</office:document>`,
    })),
  ]);
}
