// Owns what kind of file an attachment is called, and under which type its bytes are served. Pure. Only
// types that no browser runs anything in are named when served; the rest are plain bytes.

export interface FileKind {
  /** "PDF document" */
  readonly kind: string;
  /** Mark on the icon, up to four letters. */
  readonly mark: string;
  readonly servedAs: string;
}

const PLAIN_BYTES = 'application/octet-stream';

const byType: Record<string, readonly [kind: string, mark: string]> = {
  'application/pdf': ['PDF document', 'PDF'],
  'text/plain': ['Text', 'TXT'],
  'text/csv': ['Table', 'CSV'],
  'image/png': ['Picture', 'IMG'],
  'image/jpeg': ['Picture', 'IMG'],
  'image/gif': ['Picture', 'IMG'],
  'image/webp': ['Picture', 'IMG'],
  'application/zip': ['Archive', 'ZIP'],
  'application/msword': ['Document', 'DOC'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['Document', 'DOC'],
  'application/vnd.oasis.opendocument.text': ['Document', 'DOC'],
  'application/vnd.ms-excel': ['Spreadsheet', 'XLS'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['Spreadsheet', 'XLS'],
  'application/vnd.oasis.opendocument.spreadsheet': ['Spreadsheet', 'XLS'],
  'application/vnd.ms-powerpoint': ['Presentation', 'PPT'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['Presentation', 'PPT'],
  'audio/mpeg': ['Sound', 'SND'],
  'video/mp4': ['Video', 'VID'],
  'text/calendar': ['Appointment', 'CAL'],
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
  return { kind: 'File', mark: 'FILE', servedAs: PLAIN_BYTES };
}
