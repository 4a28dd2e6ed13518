// Owns what an attachment is called and said to be, after everything dangerous was taken from both. It never
// looks at the bytes.

import { limits } from '../core/limits.ts';

/** A name for showing and saving, never empty, whatever the mail called the part. */
export function cleanFilename(raw: string | undefined, n: number, contentType: string): string {
  const visible = (raw ?? '').normalize('NFC').replace(HIDDEN, '');
  const name = trimDots(
    visible
      .replace(/^.*[/\\]/s, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return name === '' ? defaultFilename(n, contentType) : shorten(name);
}

/** `type/subtype` of RFC 6838 section 4.2 in lower case, else application/octet-stream. */
export function cleanContentType(raw: string | undefined): string {
  const type = (raw ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return CONTENT_TYPE.test(type) ? type : 'application/octet-stream';
}

/** The charset that a Content-Type names, unless it is plainly UTF-8 anyway. */
export function cleanCharset(raw: string | undefined): string | undefined {
  const charset = /;\s*charset\s*=\s*"?\s*([\w.:-]{1,40})/i.exec(raw ?? '')?.[1]?.toLowerCase();
  return charset === 'utf-8' || charset === 'us-ascii' ? undefined : charset;
}

/** What `cid:` may refer to; undefined when it could not be written in a URL anyway. */
export function cleanContentId(raw: string | undefined): string | undefined {
  const id = (raw ?? '').trim().replace(/^<|>$/g, '').trim();
  return /^[\x21-\x7e]{1,998}$/.test(id) ? id : undefined;
}

/** True for what Microsoft's rights management wraps a mail in: nobody but its rights holders can read it. */
export function isRightsProtected(
  filename: string | undefined,
  contentType: string,
  contentClass: string | undefined,
): boolean {
  return (
    /^message(?:_v\d{1,3})?\.rpmsg$/i.test((filename ?? '').trim()) ||
    contentType === 'application/x-microsoft-rpmsg-message' ||
    (contentClass ?? '').trim().toLowerCase() === 'rpmsg.message'
  );
}

// Controls, and every character that shows nothing or turns the direction: "gpj.exe" must not read "exe.jpg".
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\ufffc\ufffd]/gu;
const CONTENT_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const EXTENSION_CHARACTERS_MAX = 16;

/** Windows drops dots and blanks at the end, so "a.exe." would be saved as "a.exe". */
function trimDots(name: string): string {
  let end = name.length;
  while (end > 0 && '. '.includes(name.charAt(end - 1))) end--;
  return name.slice(0, end);
}

/** Cut in the middle rather than at the end, so that the extension stays. */
function shorten(name: string): string {
  if (name.length <= limits.filenameCharactersMax) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= EXTENSION_CHARACTERS_MAX ? name.slice(dot) : '';
  return name.slice(0, limits.filenameCharactersMax - extension.length).replace(/\p{Cs}$/u, '') + extension;
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['application/gzip', 'gz'],
  ['application/json', 'json'],
  ['application/ms-tnef', 'dat'],
  ['application/msword', 'doc'],
  ['application/pdf', 'pdf'],
  ['application/pgp-signature', 'asc'],
  ['application/pkcs7-mime', 'p7m'],
  ['application/pkcs7-signature', 'p7s'],
  ['application/rtf', 'rtf'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.ms-powerpoint', 'ppt'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/xml', 'xml'],
  ['application/zip', 'zip'],
  ['audio/mpeg', 'mp3'],
  ['image/bmp', 'bmp'],
  ['image/gif', 'gif'],
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['image/svg+xml', 'svg'],
  ['image/tiff', 'tif'],
  ['image/webp', 'webp'],
  ['message/rfc822', 'eml'],
  ['text/calendar', 'ics'],
  ['text/csv', 'csv'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/vcard', 'vcf'],
  ['video/mp4', 'mp4'],
]);

function defaultFilename(n: number, contentType: string): string {
  const base = contentType === 'message/rfc822' ? 'message' : 'attachment';
  const extension = EXTENSIONS.get(contentType);
  return extension === undefined ? `${base}-${n}` : `${base}-${n}.${extension}`;
}
