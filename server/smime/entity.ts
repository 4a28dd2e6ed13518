// Owns looking at a MIME entity (RFC 2045, RFC 5322) as bytes: its header lines as they were written, its media type, its body. A
// signature is over bytes, so nothing here is repaired or written anew. It never decides what a mail is.

import { limits } from '../core/limits.ts';
import { findHeaderEnd } from '../mail/header-lines.ts';

export interface EntityField {
  /** Lower case. */
  readonly name: string;
  /** The lines as they stand, folded, with their last CRLF; as latin1. */
  readonly raw: string;
  /** Unfolded and trimmed. */
  readonly value: string;
}

export interface Entity {
  readonly fields: readonly EntityField[];
  readonly body: Buffer;
}

export interface MediaType {
  /** `type/subtype`, lower case; '' where none is said. */
  readonly type: string;
  /** By their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Undefined for bytes that do not begin with a header. */
export function parseEntity(bytes: Buffer): Entity | undefined {
  const end = findHeaderEnd(bytes.subarray(0, limits.headerBytesMax + 4), 0);
  if (end === undefined) return undefined;
  const block = bytes.subarray(0, end).toString('latin1');
  const blank = end === 0 ? 0 : pastLineEnd(bytes, end);
  return { fields: parseFields(block), body: bytes.subarray(pastLineEnd(bytes, blank)) };
}

function pastLineEnd(bytes: Buffer, at: number): number {
  return bytes[at] === 0x0d ? at + 2 : at + 1;
}

function parseFields(block: string): EntityField[] {
  const lines: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    if (/^[ \t]/.test(line) && lines.length > 0) lines.push(`${lines.pop() ?? ''}\r\n${line}`);
    else lines.push(line);
  }
  return lines.flatMap((raw) => {
    const colon = raw.indexOf(':');
    if (colon < 1) return [];
    const value = raw
      .slice(colon + 1)
      .replaceAll('\r\n', '')
      .trim();
    return [{ name: raw.slice(0, colon).trim().toLowerCase(), raw: `${raw}\r\n`, value }];
  });
}

export function fieldOf({ fields }: Pick<Entity, 'fields'>, name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

const TOKEN = /^[\w!#$%&'*+.^`{|}~-]+$/;

export function mediaTypeOf(entity: Pick<Entity, 'fields'>): MediaType {
  const value = fieldOf(entity, 'content-type') ?? '';
  const [head = '', ...rest] = splitParameters(value);
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (equals < 1 || !TOKEN.test(name) || parameters.has(name)) continue;
    parameters.set(name, unquoted(part.slice(equals + 1).trim()));
  }
  return { type: head.trim().toLowerCase(), parameters };
}

/** At each semicolon outside of quotes. Comments are not read: whoever writes them here is not understood. */
function splitParameters(value: string): string[] {
  return value.match(/(?:"(?:\\.|[^"\\])*"|[^;"])+/g) ?? [];
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text;
}

/** The bytes that a body stands for. Undefined for an encoding that signatures and envelopes do not travel in. */
export function decodedBody(entity: Entity): Buffer | undefined {
  const encoding = (fieldOf(entity, 'content-transfer-encoding') ?? '7bit').toLowerCase();
  if (encoding === 'base64') return Buffer.from(entity.body.toString('latin1'), 'base64');
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary' ? entity.body : undefined;
}

/** The bytes of each part, each without the line end that belongs to the boundary after it. */
export function partsOf(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let start: number | undefined;
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    const line = boundaryLine(body, at, mark.length);
    if (line === undefined) continue;
    if (start !== undefined) parts.push(body.subarray(start, Math.max(start, withoutLineEnd(body, at))));
    if (line.isLast || parts.length >= limits.mimePartsMax) return parts;
    start = line.next;
  }
  return parts;
}

/** RFC 2046 section 5.1.1: at the start of a line, with nothing but blanks after it. */
function boundaryLine(body: Buffer, at: number, length: number): { isLast: boolean; next: number } | undefined {
  if (at !== 0 && body[at - 1] !== 0x0a) return undefined;
  let end = body.indexOf(0x0a, at);
  if (end === -1) end = body.length;
  const tail = body.subarray(at + length, end).toString('latin1');
  if (!/^(?:--)?[ \t]*\r?$/.test(tail)) return undefined;
  return { isLast: tail.startsWith('--'), next: Math.min(end + 1, body.length) };
}

function withoutLineEnd(body: Buffer, at: number): number {
  if (body[at - 1] !== 0x0a) return at;
  return body[at - 2] === 0x0d ? at - 2 : at - 1;
}
