// Owns which reader a file goes to, by its bytes; what is declared counts only where the bytes leave a choice. Pure.

import { isWideText } from '../files/charsets.ts';
import { findKind } from '../files/kind.ts';

export type InspectedKind =
  'nothing' | 'archive' | 'pdf' | 'mail' | 'html' | 'xml' | 'rtf' | 'text' | 'encrypted' | 'unknown-kind';

/** `bytes`: the file, or its first 64 KiB when it is only asked whether there is a reader. */
export function inspectedKind(bytes: Buffer, contentType: string | undefined): InspectedKind {
  if (isEmptyArchive(bytes)) return 'nothing';
  const found = findKind(bytes);
  switch (found.kind) {
    case 'pdf':
      return 'pdf';
    case 'picture':
      return found.format === 'svg' ? 'xml' : 'unknown-kind';
    case 'office':
      return 'archive';
    case 'text':
      return textKind(bytes, contentType);
    case 'none':
      break;
  }
  switch (found.why) {
    case 'empty':
      return 'nothing';
    case 'archive':
      return 'archive';
    case 'encrypted':
      return 'encrypted';
    case 'old-office':
      return 'unknown-kind';
    case 'unknown':
      if (isWideText(bytes)) return textKind(bytes, contentType);
      return isEnveloped(bytes) ? 'encrypted' : 'unknown-kind';
  }
}

const HEAD_BYTES = 8 * 1024;

function textKind(bytes: Buffer, contentType: string | undefined): InspectedKind {
  // Of two-byte text too: what is looked for is plain ASCII.
  const head = bytes.toString('latin1', 0, HEAD_BYTES).replace(/\0/g, '').replace(BYTE_ORDER_MARK, '');
  if (head.startsWith('{\\rtf')) return 'rtf';
  if (contentType === 'message/rfc822' || looksLikeMail(head)) return 'mail';
  if (contentType === 'text/html' || HTML.test(head)) return 'html';
  return XML.test(head) ? 'xml' : 'text';
}

const BYTE_ORDER_MARK = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/;
const HTML =
  /^\s*(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|p|meta|style|title|script|center|font|span|h[1-6]|ul|ol|br)[\s/>]/i;
const XML = /^\s*<(?:\?xml\s|!--|[A-Za-z_][\w:.-]{0,100}[\s/>])/;

// RFC 5322 section 3.6, and what mail systems add.
const HEADERS = new Set(
  'from to cc subject date message-id received return-path mime-version content-type delivered-to reply-to sender'.split(
    ' ',
  ),
);

function looksLikeMail(head: string): boolean {
  if (!/^(?:From |[!-9;-~]{1,76}:)/.test(head)) return false;
  const [block = ''] = head.split(/\r?\n\r?\n/, 1);
  const names = new Set(block.split(/\r?\n/).map((line) => /^([!-9;-~]{1,76}):/.exec(line)?.[1]?.toLowerCase() ?? ''));
  return [...names].filter((name) => HEADERS.has(name)).length >= 2;
}

/** [APPNOTE] section 4.3.16: an archive with nothing in it is its end alone. */
function isEmptyArchive(bytes: Buffer): boolean {
  return bytes.length >= 22 && bytes.readUInt32LE(0) === 0x06054b50;
}

// RFC 5652 section 6.1: id-envelopedData, right at the beginning.
const ENVELOPED = Buffer.from('06092a864886f70d010703', 'hex');

function isEnveloped(bytes: Buffer): boolean {
  return bytes[0] === 0x30 && bytes.subarray(0, 32).includes(ENVELOPED);
}
