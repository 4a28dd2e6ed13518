// Owns finding out what a file is, from its bytes and never from its name. Pure, and cheap enough for the main
// thread: it looks for marks and decodes nothing.

import type { Key } from '../language/catalogue.ts';

export type PictureFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'tiff' | 'bmp' | 'svg';
/** What people call it, by its key; some of those of render/file-kind.ts. */
export type KindWord = Extract<
  Key,
  `reading.kind-${'pdf' | 'picture' | 'text' | 'document' | 'spreadsheet' | 'presentation'}`
>;

export type Found =
  | { readonly kind: 'pdf' | 'text'; readonly word: KindWord }
  | { readonly kind: 'picture'; readonly word: KindWord; readonly format: PictureFormat }
  | { readonly kind: 'office'; readonly word: KindWord; readonly ending: OfficeEnding }
  | { readonly kind: 'none'; readonly why: 'empty' | 'encrypted' | 'old-office' | 'archive' | 'unknown' };

export type OfficeEnding = 'docx' | 'xlsx' | 'pptx' | 'odt' | 'ods' | 'odp';

export function findKind(bytes: Buffer): Found {
  if (bytes.length === 0) return { kind: 'none', why: 'empty' };
  // Before PDF: an archive may hold one as it is.
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)) return ofArchive(bytes);
  // ISO 32000-1, annex H, note 13: readers take a header anywhere in the first 1,024 bytes.
  if (bytes.subarray(0, 1_024).includes('%PDF-')) return { kind: 'pdf', word: 'reading.kind-pdf' };
  const format = pictureFormat(bytes);
  if (format !== undefined) return { kind: 'picture', word: 'reading.kind-picture', format };
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) {
    // [MS-OFFCRYPTO] section 1.3.3: a document with a password is this stream in an old container.
    const locked = bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'));
    return { kind: 'none', why: locked ? 'encrypted' : 'old-office' };
  }
  if (!isText(bytes)) return { kind: 'none', why: 'unknown' };
  if (isSvg(bytes)) return { kind: 'picture', word: 'reading.kind-picture', format: 'svg' };
  return { kind: 'text', word: 'reading.kind-text' };
}

/** What it is as a picture, whatever else it is. */
export function findPicture(bytes: Buffer): PictureFormat | undefined {
  return pictureFormat(bytes) ?? (isSvg(bytes) ? 'svg' : undefined);
}

function pictureFormat(bytes: Buffer): PictureFormat | undefined {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'jpeg';
  const head = bytes.toString('latin1', 0, 16);
  if (/^GIF8[79]a/.test(head)) return 'gif';
  if (/^RIFF[^]{4}WEBP/.test(head)) return 'webp';
  if (/^[^]{4}ftypavi[fs]/.test(head)) return 'avif';
  if (/^(?:II\*\0|MM\0\*)/.test(head)) return 'tiff';
  // The size of the header that follows tells a bitmap from a text that begins with these two letters.
  if (head.startsWith('BM') && bytes.length > 26 && [40, 108, 124].includes(bytes.readUInt32LE(14))) return 'bmp';
  return undefined;
}

const OFFICE_PARTS: readonly (readonly [part: string, word: KindWord, ending: OfficeEnding])[] = [
  ['word/document.xml', 'reading.kind-document', 'docx'],
  ['xl/workbook.xml', 'reading.kind-spreadsheet', 'xlsx'],
  ['ppt/presentation.xml', 'reading.kind-presentation', 'pptx'],
];
// OpenDocument 1.3, part 2, section 3.3: the first entry, stored as it is, is the type.
const ODF = /^[^]{30}mimetypeapplication\/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)/;
const ODF_KINDS: Record<string, readonly [word: KindWord, ending: OfficeEnding]> = {
  text: ['reading.kind-document', 'odt'],
  spreadsheet: ['reading.kind-spreadsheet', 'ods'],
  presentation: ['reading.kind-presentation', 'odp'],
};

function ofArchive(bytes: Buffer): Found {
  const odf = ODF_KINDS[ODF.exec(bytes.toString('latin1', 0, 120))?.[1] ?? ''];
  if (odf !== undefined) return { kind: 'office', word: odf[0], ending: odf[1] };
  for (const [part, word, ending] of OFFICE_PARTS) {
    if (bytes.includes(part) && bytes.includes('[Content_Types].xml')) return { kind: 'office', word, ending };
  }
  return { kind: 'none', why: 'archive' };
}

const SAMPLE_BYTES = 64 * 1024;

// A text holds no NUL and hardly any control characters, unless two bytes make one character and it says so first.
function isText(bytes: Buffer): boolean {
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) return bytes.length % 2 === 0;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) return false;
    if (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)) controls += 1;
  }
  return controls <= sample.length / 200;
}

function isSvg(bytes: Buffer): boolean {
  const head = bytes.toString('utf8', 0, 4_096).replace(/^\uFEFF/, '');
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*|<!DOCTYPE\s+svg[^]*?(?:\]\s*)?>\s*)*<svg[\s>]/i.test(head);
}

function startsWith(bytes: Buffer, ...mark: readonly number[]): boolean {
  return mark.every((byte, n) => bytes[n] === byte);
}
