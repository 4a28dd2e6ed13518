// Owns turning the bytes of a text into characters: by what is declared, by the mark at its beginning, or by guessing.
// The only wrapper of iconv-lite, which knows the charsets that Node left behind (UTF-7, UTF-32, DOS), and of chardet,
// which guesses by the frequency of letters. It never fails: what fits nothing is read as Windows would.

import { analyse } from 'chardet';
import iconv from 'iconv-lite';

/** UTF-16 by its mark, else UTF-8, else what Windows wrote before. */
export function decodeText(bytes: Uint8Array): string {
  return unambiguous(bytes) ?? decodeAs(bytes, 'windows-1252') ?? '';
}

/**
 * All that these bytes may well say, the likeliest first: whoever looks for something has to look at each. One where
 * there is no doubt.
 */
export function decodings(bytes: Uint8Array, declared?: string): string[] {
  const certain = unambiguous(bytes) ?? wideText(bytes);
  const named = declared === undefined ? undefined : decodeAs(bytes, declared.toLowerCase());
  const texts = new Set<string>();
  if (named !== undefined) texts.add(named);
  // UTF-8 is so strict that nothing else looks like it; only seven-bit text may be something else as well.
  if (certain !== undefined) texts.add(certain);
  const shifted = shiftedCharset(bytes);
  const other = shifted === undefined ? undefined : decodeAs(bytes, shifted);
  if (other !== undefined) texts.add(other);
  const isSure = declared !== undefined && named?.includes(REPLACEMENT) === false && !USUAL.test(declared);
  if (certain === undefined && !isSure) {
    for (const text of guessed(bytes)) texts.add(text);
  }
  return [...texts];
}

/** Whether bytes full of zeros are text all the same: two or four bytes for each character, without a mark. */
export function isWideText(bytes: Uint8Array): boolean {
  return wideCharset(bytes) !== undefined;
}

/** The charset of an XML document by its first bytes. XML 1.0, appendix F. */
export function xmlCharset(head: Uint8Array): string {
  const marked = markedCharset(head) ?? wideCharset(head);
  if (marked !== undefined) return marked;
  const [, named] = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(latin1(head.subarray(0, 200))) ?? [];
  return named ?? 'utf-8';
}

/** Decodes pieces of one text. A charset that nobody knows is read as Windows would. */
export function streamDecoder(charset: string): (piece?: Uint8Array) => string {
  try {
    const decoder = new TextDecoder(charset);
    return (piece) => decoder.decode(piece, { stream: piece !== undefined });
  } catch {
    const decoder = iconv.getDecoder(iconv.encodingExists(charset) ? charset : 'windows-1252');
    return (piece) => (piece === undefined ? (decoder.end() ?? '') : decoder.write(asBuffer(piece)));
  }
}

/** What programs declare that do not know, and what any bytes can be read as. */
const USUAL = /^(?:us-ascii|iso-8859-1|latin1|windows-1252|utf-?(?:16|32).*)$/i;
const REPLACEMENT = '\ufffd';
const GUESS_BYTES = 32 * 1024;
const GUESSES_MAX = 3;
const CONFIDENCE_MIN = 10;
const WIDE_SAMPLE_BYTES = 4 * 1024;

function unambiguous(bytes: Uint8Array): string | undefined {
  const marked = markedCharset(bytes);
  if (marked !== undefined) return decodeAs(bytes, marked);
  try {
    // A text cut at its limit may end within a letter, which `stream` leaves open.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text.includes('\0') && isWideText(bytes) ? undefined : text;
  } catch {
    return undefined;
  }
}

function markedCharset(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32be' : undefined;
}

function wideText(bytes: Uint8Array): string | undefined {
  const charset = wideCharset(bytes);
  return charset === undefined ? undefined : decodeAs(bytes, charset);
}

// What is written in no charset but the right one reads as text with plain ASCII in it, blanks at least; the other order
// of bytes reads as rare letters, and a program or a picture as what nobody writes.
function wideCharset(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, Math.min(bytes.length - (bytes.length % 4), WIDE_SAMPLE_BYTES));
  if (!sample.includes(0)) return undefined;
  const plain = WIDE.map((charset) => ({ charset, share: plainShare(decodeAs(sample, charset) ?? '') }));
  const best = plain.reduce((one, other) => (other.share > one.share ? other : one));
  return best.share > PLAIN_SHARE_MIN ? best.charset : undefined;
}

function plainShare(text: string): number {
  return UNWRITTEN.test(text) ? 0 : (text.match(/[\t\n\r -~]/g)?.length ?? 0) / text.length;
}

const WIDE = ['utf-32le', 'utf-32be', 'utf-16le', 'utf-16be'];
const PLAIN_SHARE_MIN = 0.02;
const UNWRITTEN = /[\0-\u0008\u000b\u000e-\u001f\u007f\p{Cn}\p{Co}\p{Cs}\ufffd]/u;

// Seven-bit text that says other letters by what stands around them: the escapes of RFC 1468, the plus of RFC 2152.
function shiftedCharset(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes.subarray(0, GUESS_BYTES));
  if (/\x1b\$[@B]|\x1b\(J/.test(head)) return 'iso-2022-jp';
  return /\+[A-Za-z0-9+/]{3,400}-/.test(head) && !/[\x80-\xff]/.test(head) ? 'utf-7' : undefined;
}

function guessed(bytes: Uint8Array): string[] {
  const names = analyse(bytes.subarray(0, GUESS_BYTES))
    .filter(({ confidence }) => confidence >= CONFIDENCE_MIN)
    .slice(0, GUESSES_MAX)
    .map(({ name }) => name);
  return [...names, 'windows-1252'].flatMap((name) => decodeAs(bytes, name.toLowerCase()) ?? []);
}

function decodeAs(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(bytes, { stream: true });
  } catch {
    return iconv.encodingExists(charset) ? iconv.decode(asBuffer(bytes), charset) : undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
