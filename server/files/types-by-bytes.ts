// Owns which media types the first bytes of a file stand for, whatever it is called. Several, where one format goes by
// several names, or where a file is several things at once: which of them counts is up to whoever opens it. What it does
// not know has none: it never guesses. Pure.

import { findKind, findPicture } from './kind.ts';
import type { OfficeEnding, PictureFormat } from './kind.ts';

/** `bytes`: the file, or as much of its beginning as there is. */
export function typesOfBytes(bytes: Buffer): readonly string[] {
  const found = findKind(bytes);
  const picture = findPicture(bytes);
  const head = bytes.toString('latin1', 0, HEAD_BYTES);
  const all = [
    ...(found.kind === 'pdf' ? ['application/pdf'] : []),
    ...(found.kind === 'office' ? [office[found.ending]] : []),
    ...(picture === undefined ? [] : pictures[picture]),
    ...(ZIP.test(head) && !(found.kind === 'office' && OFFICE_FIRST.test(head)) ? zip : []),
    ...marks.filter(([mark]) => mark.test(head)).flatMap(([, types]) => types),
  ];
  if (all.length === 0 && found.kind === 'text') return ['text/plain'];
  return [...new Set(all)];
}

// A tape archive has its mark at 257.
const HEAD_BYTES = 300;

const ZIP = /^PK(?:\x03\x04|\x05\x06|\x07\x08)/;
// Every Office file of today is packed as a zip, and whoever bars zips does not mean letters. What begins with another
// name than such files do stays a zip; what lies in either is told by its own names.
const OFFICE_FIRST =
  /^PK\x03\x04[^]{26}(?:\[Content_Types\]\.xml|_rels\/|docProps\/|customXml\/|word\/|xl\/|ppt\/|mimetype)/;
const zip = ['application/zip', 'application/x-zip-compressed', 'application/x-zip'];
const program = [
  'application/vnd.microsoft.portable-executable',
  'application/x-msdownload',
  'application/x-msdos-program',
  'application/x-dosexec',
  'application/x-executable',
];
const script = ['application/x-sh', 'text/x-shellscript', 'application/x-shellscript'];

// One container for all of them.
const oldOffice = [
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.ms-outlook',
  'application/x-ole-storage',
];

const marks: readonly (readonly [mark: RegExp, types: readonly string[]])[] = [
  // A text may begin with these letters, but holds no control characters; a program's header does.
  [/^MZ[^]{0,62}?[\0-\x08\x0e-\x1a\x1c-\x1f]/, program],
  [/^\x7fELF/, ['application/x-executable', 'application/x-elf', 'application/x-sharedlib']],
  [
    /^(?:\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)/,
    ['application/x-mach-binary', 'application/java-vm'],
  ],
  [/^L\0\0\0\x01\x14\x02\0/, ['application/x-ms-shortcut']],
  [/^#!/, script],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, oldOffice],
  [/^\x1f\x8b/, ['application/gzip', 'application/x-gzip']],
  [/^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/, ['application/x-bzip2', 'application/x-bzip']],
  [/^\xfd7zXZ\0/, ['application/x-xz']],
  [/^\x28\xb5\x2f\xfd/, ['application/zstd']],
  [/^7z\xbc\xaf\x27\x1c/, ['application/x-7z-compressed']],
  [/^Rar!\x1a\x07/, ['application/vnd.rar', 'application/x-rar-compressed', 'application/x-rar']],
  [/^MSCF\0/, ['application/vnd.ms-cab-compressed']],
  [/^[^]{257}ustar/, ['application/x-tar']],
  [/^\{\\rtf/, ['application/rtf', 'text/rtf']],
  [/^SQLite format 3\0/, ['application/vnd.sqlite3', 'application/x-sqlite3']],
  [/^\0\x01\0\0Standard (?:Jet|ACE) DB/, ['application/x-msaccess', 'application/msaccess']],
  [/^!BDN[^]{4}SM/, ['application/vnd.ms-outlook-pst', 'application/vnd.ms-outlook']],
  [/^[^]{4}ftyp(?:M4A|M4B)/, ['audio/mp4', 'audio/x-m4a']],
  [/^[^]{4}ftyp(?:heic|heix|mif1)/, ['image/heic', 'image/heif']],
  [/^[^]{4}ftypqt/, ['video/quicktime']],
  [/^[^]{4}ftyp(?!M4A|M4B|hei[cx]|mif1|avi[fs]|qt)/, ['video/mp4']],
  [/^\x1a\x45\xdf\xa3/, ['video/webm', 'video/x-matroska']],
  [/^RIFF[^]{4}AVI /, ['video/x-msvideo']],
  [/^RIFF[^]{4}WAVE/, ['audio/wav', 'audio/x-wav', 'audio/wave']],
  [/^OggS\0/, ['audio/ogg', 'video/ogg', 'application/ogg']],
  [/^fLaC[\0\x80]/, ['audio/flac', 'audio/x-flac']],
  // id3.org/id3v2.4.0-structure section 3.1: two bytes of version, of which none is a letter.
  [/^(?:ID3[\x02-\x04][^\xff]|\xff[\xfa\xfb\xf2\xf3])/, ['audio/mpeg', 'audio/mp3']],
  [/^%!PS/, ['application/postscript']],
  [/^(?:\xef\xbb\xbf)?\s{0,100}<(?:!doctype html|html)[\s>]/i, ['text/html']],
  [/^(?:\xef\xbb\xbf)?\s{0,100}<\?xml\s/, ['application/xml', 'text/xml']],
];

const pictures: Readonly<Record<PictureFormat, readonly string[]>> = {
  png: ['image/png'],
  jpeg: ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  avif: ['image/avif'],
  tiff: ['image/tiff'],
  bmp: ['image/bmp', 'image/x-ms-bmp'],
  svg: ['image/svg+xml'],
};

const OOXML = 'application/vnd.openxmlformats-officedocument';
const ODF = 'application/vnd.oasis.opendocument';
const office: Readonly<Record<OfficeEnding, string>> = {
  docx: `${OOXML}.wordprocessingml.document`,
  xlsx: `${OOXML}.spreadsheetml.sheet`,
  pptx: `${OOXML}.presentationml.presentation`,
  odt: `${ODF}.text`,
  ods: `${ODF}.spreadsheet`,
  odp: `${ODF}.presentation`,
};
