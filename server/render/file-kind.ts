// Owns what kind of file an attachment is called, and under which type its bytes are served. Pure. Only
// types that no browser runs anything in are named when served; the rest are plain bytes.

import type { Key } from '../language/catalogue.ts';

export interface FileKind {
  /** "PDF document", by its key. */
  readonly kind: Key;
  /** Mark on the icon, up to four letters. */
  readonly mark: string;
  readonly servedAs: string;
}

const PLAIN_BYTES = 'application/octet-stream';

const byType: Record<string, readonly [kind: Key, mark: string]> = {
  'application/pdf': ['reading.kind-pdf', 'PDF'],
  'text/plain': ['reading.kind-text', 'TXT'],
  'text/csv': ['reading.kind-table', 'CSV'],
  'image/png': ['reading.kind-picture', 'IMG'],
  'image/jpeg': ['reading.kind-picture', 'IMG'],
  'image/gif': ['reading.kind-picture', 'IMG'],
  'image/webp': ['reading.kind-picture', 'IMG'],
  'application/zip': ['reading.kind-archive', 'ZIP'],
  'application/msword': ['reading.kind-document', 'DOC'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['reading.kind-document', 'DOC'],
  'application/vnd.oasis.opendocument.text': ['reading.kind-document', 'DOC'],
  'application/vnd.ms-excel': ['reading.kind-spreadsheet', 'XLS'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['reading.kind-spreadsheet', 'XLS'],
  'application/vnd.oasis.opendocument.spreadsheet': ['reading.kind-spreadsheet', 'XLS'],
  'application/vnd.ms-powerpoint': ['reading.kind-presentation', 'PPT'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['reading.kind-presentation', 'PPT'],
  'audio/mpeg': ['reading.kind-sound', 'SND'],
  'video/mp4': ['reading.kind-video', 'VID'],
  'text/calendar': ['reading.kind-appointment', 'CAL'],
};

const byEnding: Record<string, string> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  zip: 'application/zip',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  odt: 'application/vnd.oasis.opendocument.text',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
};

export function fileKind(contentType: string, filename: string): FileKind {
  const named = byType[contentType];
  if (named !== undefined) return { kind: named[0], mark: named[1], servedAs: contentType };
  const ending = /\.([a-z0-9]{1,8})$/i.exec(filename)?.[1]?.toLowerCase();
  const guessed = ending === undefined ? undefined : byEnding[ending];
  const known = guessed === undefined ? undefined : byType[guessed];
  if (known !== undefined && contentType === PLAIN_BYTES)
    return { kind: known[0], mark: known[1], servedAs: PLAIN_BYTES };
  return { kind: 'reading.kind-file', mark: 'FILE', servedAs: PLAIN_BYTES };
}
