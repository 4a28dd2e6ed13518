// Owns files made for tests of viewing: good ones of each kind, and hostile ones. All are made here, byte by byte or by
// the libraries at hand, so that the tree holds none.

import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import { zipStore } from '../../server/try/zip-store.ts';

/** A PDF of pages with one line of text each; more objects and a trailer's entry for the hostile ones. */
export function pdf(
  lines: readonly string[],
  more: { objects?: readonly string[]; page?: string; trailer?: string; contents?: string } = {},
): Buffer {
  const first = 4 + (more.objects?.length ?? 0);
  const pages = lines.map((line, n) => {
    const content = more.contents ?? `BT /F1 24 Tf 72 700 Td (${line}) Tj ET`;
    return [
      `<< /Type /Page /Parent 2 0 R ${more.page ?? '/MediaBox [0 0 595 842]'} /Contents ${first + n * 2 + 1} 0 R /Resources << /Font << /F1 3 0 R >> /XObject << /X1 4 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ];
  });
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${lines.map((_, n) => `${first + n * 2} 0 R`).join(' ')}] /Count ${lines.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...(more.objects ?? []),
    ...pages.flat(),
  ];
  let body = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const entries = objects.map((object, n) => {
    const entry = `${String(body.length).padStart(10, '0')} 00000 n \n`;
    body += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return entry;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`;
  return Buffer.from(
    `${body}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${more.trailer ?? ''} >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  );
}

/** One that asks for a password before it shows anything (ISO 32000-1 section 7.6.3); nobody knows it. */
export function lockedPdf(): Buffer {
  const key = '<'.concat('ab'.repeat(32), '>');
  return pdf(['Locked'], {
    trailer: `/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O ${key} /U ${key} >> /ID [<00112233> <00112233>]`,
  });
}

/** Objects that draw themselves, and each other, without end. */
export function endlessPdf(): Buffer {
  const form = (content: string, to: number): string =>
    `<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /A ${to} 0 R /B ${to} 0 R >> >> /Length ${content.length} >>\nstream\n${content}\nendstream`;
  return pdf(['Endless'], {
    objects: [form('/A Do /B Do', 5), form('/A Do /B Do', 4)],
    contents: '/X1 Do',
  });
}

/** Each of 40 objects draws the next one ten times: 10^40 lines, and none of it recursive. */
export function swellingPdf(): Buffer {
  const objects = Array.from({ length: 40 }, (_, n) => {
    const content = n === 39 ? '0 0 m 500 500 l S' : '/A Do '.repeat(10);
    const resources = n === 39 ? '' : `/Resources << /XObject << /A ${n + 5} 0 R >> >>`;
    return `<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] ${resources} /Length ${content.length} >>\nstream\n${content}\nendstream`;
  });
  return pdf(['Swelling'], { objects, contents: '/X1 Do' });
}

/** A picture of 8-bit RGB; `claimed` is what its header says, whatever is in it. */
export function png(
  width: number,
  height: number,
  claimed: { width: number; height: number } = { width, height },
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(claimed.width, 0);
  header.writeUInt32BE(claimed.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + width * 3, 0x60);
  row[0] = 0;
  const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** 24 bits a pixel, all of one colour. */
export function bmp(width: number, height: number, claimed = { width, height }): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const head = Buffer.alloc(54);
  head.write('BM', 0, 'latin1');
  head.writeUInt32LE(54 + stride * height, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(claimed.width, 18);
  head.writeInt32LE(claimed.height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  return Buffer.concat([head, Buffer.alloc(stride * height, 0x80)]);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

export function docx(paragraphs: readonly string[], more: { document?: string } = {}): Buffer {
  return zipStore(docxEntries(paragraphs, more.document));
}

export function docxEntries(paragraphs: readonly string[], document?: string): { name: string; content: string }[] {
  const body = paragraphs.map((text) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`).join('');
  return [
    {
      name: '[Content_Types].xml',
      content: `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    },
    { name: 'word/document.xml', content: document ?? `${XML}<w:document ${W}><w:body>${body}</w:body></w:document>` },
  ];
}

/** Ten levels of ten: a document type that would swell to ten thousand million letters. */
export function laughingDocx(): Buffer {
  return docx([], {
    document: `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${laughs()}]><w:document ${W}><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>`,
  });
}

export function laughingSvg(): Buffer {
  return Buffer.from(
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "lol">${laughs()}]><svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><text x="5" y="50">&l9;</text></svg>`,
  );
}

function laughs(): string {
  return Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
}

/** A good document with one more entry: `bytes` zeros, packed a thousand times smaller, honestly said or not. */
export function bombDocx(bytes: number, claims = bytes): Buffer {
  const packed = deflateRawSync(Buffer.alloc(bytes), { level: 9 });
  return withEntry(docxEntries(['Harmless']), 'word/media/image1.bin', packed, {
    method: 8,
    size: claims,
    crc: crc32(Buffer.alloc(bytes)),
  });
}

/** A document whose text itself is more than it claims. */
export function lyingDocx(): Buffer {
  const document = `${XML}<w:document ${W}><w:body><w:p><w:r><w:t>${'a'.repeat(30_000_000)}</w:t></w:r></w:p></w:body></w:document>`;
  const entries = docxEntries([]).filter(({ name }) => name !== 'word/document.xml');
  const bytes = Buffer.from(document);
  return withEntry(entries, 'word/document.xml', deflateRawSync(bytes), { method: 8, size: 1_000, crc: crc32(bytes) });
}

// zipStore writes what is stored; a packed entry goes before its table of contents, and into it.
function withEntry(
  entries: readonly { name: string; content: string }[],
  name: string,
  packed: Buffer,
  { method, size, crc }: { method: number; size: number; crc: number },
): Buffer {
  const zip = zipStore(entries);
  const end = zip.length - 22;
  const start = zip.readUInt32LE(end + 16);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(method, 4);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 0, 'latin1');
  central.writeUInt16LE(20, 4);
  common.copy(central, 6);
  central.writeUInt32LE(start, 42);
  const directory = Buffer.concat([zip.subarray(start, end), central, Buffer.from(name)]);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt16LE(entries.length + 1, 8);
  tail.writeUInt16LE(entries.length + 1, 10);
  tail.writeUInt32LE(directory.length, 12);
  tail.writeUInt32LE(start + local.length, 16);
  return Buffer.concat([zip.subarray(0, start), local, directory, tail]);
}

const ODF = 'urn:oasis:names:tc:opendocument:xmlns';
export function odt(body: string): Buffer {
  const spaces = `xmlns:office="${ODF}:office:1.0" xmlns:text="${ODF}:text:1.0" xmlns:draw="${ODF}:drawing:1.0" xmlns:table="${ODF}:table:1.0" xmlns:svg="${ODF}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"`;
  return zipStore([
    { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text' },
    {
      name: 'META-INF/manifest.xml',
      content: `${XML}<manifest:manifest xmlns:manifest="${ODF}:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
    },
    {
      name: 'content.xml',
      content: `${XML}<office:document-content ${spaces} office:version="1.2"><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
    },
  ]);
}

export function pptx(slides: readonly string[]): Buffer {
  return zipStore([
    { name: '[Content_Types].xml', content: `${XML}<Types/>` },
    { name: 'ppt/presentation.xml', content: `${XML}<p:presentation/>` },
    ...slides.map((text, n) => ({
      name: `ppt/slides/slide${n + 1}.xml`,
      content: `${XML}<p:sld><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sld>`,
    })),
  ]);
}

/** A picture in an old container: how Office keeps a document with a password. */
export function lockedOffice(): Buffer {
  return Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(504),
    Buffer.from('EncryptedPackage', 'utf16le'),
    Buffer.alloc(512),
  ]);
}
