// Owns the strict reading of a mail's own header block: where it ends, and that it holds header lines and
// nothing else. Other readers of the same bytes must not be able to see different lines in it, so what
// is doubtful is refused, never repaired.

import { limits } from '../core/limits.ts';
import type { HeaderLine } from './mail-tree.ts';
import { unreadable } from './unreadable.ts';

/**
 * The header lines of a block without its closing blank line. Throws mail/unreadable.
 * RFC 5322 section 2.2 for the lines, section 2.2.3 for unfolding.
 */
export function parseHeaderLines(block: Uint8Array): HeaderLine[] {
  if (block.length > limits.headerBytesMax) throw headerTooLong();
  const headers: HeaderLine[] = [];
  let name: string | undefined;
  let folded: string[] = [];
  const finish = (): void => {
    if (name !== undefined) headers.push({ name, value: folded.join('').trim() });
  };
  for (const line of decodeBlock(block).split(/\r?\n/)) {
    if (FORBIDDEN.test(line)) throw unreadable('its header holds control characters');
    if (/^[ \t]/.test(line)) {
      if (name === undefined) throw notHeaders();
      folded.push(line);
      continue;
    }
    finish();
    const colon = line.indexOf(':');
    if (colon < 1 || !NAME.test(line.slice(0, colon))) throw notHeaders();
    if (headers.length >= limits.headerLinesMax) throw unreadable('it has too many header lines');
    name = line.slice(0, colon).toLowerCase();
    folded = [line.slice(colon + 1)];
  }
  finish();
  return headers;
}

/**
 * The length of the header block in front of the first blank line, without its last line end. Undefined while
 * that has not come yet. `from` is where an earlier search left off.
 */
export function findHeaderEnd(bytes: Buffer, from: number): number | undefined {
  if (bytes[0] === LF || (bytes[0] === CR && bytes[1] === LF)) return 0;
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const isBlankNext = bytes[at + 1] === LF || (bytes[at + 1] === CR && bytes[at + 2] === LF);
    if (isBlankNext) return bytes[at - 1] === CR ? at - 1 : at;
  }
  return undefined;
}

export function headerTooLong(): Error {
  return unreadable('its header is too long');
}

const LF = 0x0a;
const CR = 0x0d;
// RFC 5322 section 3.6.8: printable US-ASCII but the colon. A blank before the colon is obsolete syntax that
// readers disagree on, so it is not a header line here.
const NAME = /^[\x21-\x39\x3b-\x7e]{1,998}$/;
// C0 but the tab, DEL, C1 and the two Unicode line ends: each breaks a line for somebody.
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/;

/** UTF-8 (RFC 6532), or what unlabelled eight-bit headers mostly are. */
function decodeBlock(block: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(block);
  } catch {
    return new TextDecoder('windows-1252').decode(block);
  }
}

function notHeaders(): Error {
  return unreadable('it does not begin with a header');
}
