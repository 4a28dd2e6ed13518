// Owns which bytes of a file a request asks for. One range at a time; several at once are answered with the whole
// file, as is a range of a file that has changed, or of one that is written in no way known here.
// RFC 9110 section 14.

import type { Request } from 'express';
import type { ByteRange } from '../crypto/cobblestone-range.ts';

const ONE_RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/i;

/** Undefined: the whole file. `etag` is the strong one of the file as it is now. */
export function askedRange(req: Request, etag: string, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const found = ONE_RANGE.exec(req.get('range') ?? '');
  // Section 14.2: for GET alone. Section 13.1.5: a date in If-Range is no strong validator of ours.
  if (found === null || req.method !== 'GET' || (req.get('if-range') ?? etag) !== etag) return undefined;
  const [, first, last, suffix] = found;
  const start = suffix === undefined ? Number(first) : Math.max(0, sizeBytes - Number(suffix));
  const end = last === undefined || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== undefined && last !== '' && Number(last) < Number(first)) return undefined;
  return start < end ? { start, end } : 'unsatisfiable';
}
