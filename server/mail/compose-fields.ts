// Owns what may stand in a header field that Sealpost writes. Every text from outside passes here on its
// way out: what could end a field or begin another is an error, what could be read as an encoding of
// something else is broken up. It never builds a mail.

import { limits } from '../core/limits.ts';

/**
 * The text as the value of an unstructured field or a display name.
 * @throws Error when it holds a control character or a line separator, or is longer than the field may
 * be. The error names the field, never the text.
 */
export function fieldText(field: string, text: string, charactersMax: number): string {
  checkControls(field, text);
  if (text.length > charactersMax) throw new Error(`${field} is longer than ${charactersMax} characters`);
  // RFC 2047 section 2: "=?" begins an encoded word, and mail programs decode one inside quotes and
  // parameters as well. Typed by a person it would come out as other text than was checked here.
  return text.replaceAll('=?', '= ?');
}

/** A file name without folders in it, ends kept when it is too long. */
export function fieldFilename(text: string): string {
  const name = fieldText('A file name', text, 4096).replace(/[/\\]/g, '_');
  return [...name].slice(-limits.filenameCharactersMax).join('');
}

/**
 * A media type with nothing but its charset, or application/octet-stream. Messages and multiparts inside
 * must not be base64 (RFC 2045 section 6.4), so they travel as plain files: only that keeps their bare CR,
 * LF and 8-bit bytes from leaving as they are.
 */
export function fieldMediaType(text: string): string {
  const [, type, rest] = /^\s*([^;\s]+)\s*(;.*)?$/s.exec(text) ?? [];
  if (type === undefined || !MEDIA_TYPE.test(type) || /^(?:message|multipart)\//i.test(type)) return OCTETS;
  const [, charset] = /;\s*charset="?([A-Za-z0-9_.:+-]{1,40})"?\s*(?:;|$)/i.exec(rest ?? '') ?? [];
  return charset === undefined ? type.toLowerCase() : `${type.toLowerCase()}; charset=${charset}`;
}

/** @throws Error when it is not a plain identifier. */
export function fieldContentId(text: string): string {
  if (!isContentId(text)) throw new Error('A Content-ID is malformed');
  return text;
}

/** True for what most programs make; others cannot stand in a header that is written here. */
export function isContentId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@$+=-]{0,199}$/.test(text);
}

/** @throws Error unless it is printable ASCII, so that it comes back as it went. */
export function fieldLoopMark(text: string): string {
  if (!/^[!-~](?:[ -~]{0,198}[!-~])?$/.test(text) || text.includes('=?')) throw new Error('The loop mark is malformed');
  return text;
}

/** @throws Error unless it is `<left@right>`. */
export function fieldMailId(text: string): string {
  if (!isMailId(text)) throw new Error('Message-ID is malformed');
  return text;
}

/**
 * The ids of a thread, oldest first, as many as a field should carry. They were made by other programs:
 * an odd one is left out, since a reply must not be lost through it.
 * @throws Error when one holds a control character: that is no odd id but an injected field.
 */
export function fieldThread(ids: readonly string[]): string[] {
  for (const id of ids) checkControls('References', id);
  const good = ids.filter(isMailId);
  return good.length <= REFERENCES_MAX ? good : [...good.slice(0, 1), ...good.slice(1 - REFERENCES_MAX)];
}

/** True for a Message-ID with its angle brackets, in the shape that all but museum pieces have. */
export function isMailId(text: string): boolean {
  return text.length <= MAIL_ID_CHARACTERS_MAX && MAIL_ID.test(text);
}

function checkControls(field: string, text: string): void {
  if (typeof text !== 'string' || FORBIDDEN.test(text)) throw new Error(`${field} holds a control character`);
}

const OCTETS = 'application/octet-stream';
const REFERENCES_MAX = 30;
const MAIL_ID_CHARACTERS_MAX = 250;

// C0, DEL, C1, and the separators that some programs take for line ends.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// RFC 6838 section 4.2.
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;
// RFC 5322 section 3.6.4, no quoted and no literal forms, nothing that could end it early.
const MAIL_ID = /^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9!#$%&'*+/=?^_`{|}~.:[\]-]+>$/;
