// Owns reading which version a caller has seen of what they change.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';

/**
 * The text of the entity tag in If-Match, RFC 9110 section 13.1.1; undefined for `*`: whichever is the newest. `what`: "the
 * policy". Throws request/version-needed when it is not said, request/outdated for what is no tag.
 */
export function readIfMatch(req: Request, what: string): string | undefined {
  const given = req.get('if-match')?.trim();
  if (given === undefined) {
    throw new AppError('request/version-needed', `Send the ETag of ${what} you changed as If-Match.`);
  }
  if (given === '*') return undefined;
  const tag = /^"(\w{1,64})"$/.exec(given)?.[1];
  if (tag === undefined) throw notATag(what);
  return tag;
}

/** The same for what is counted in versions. */
export function readVersionMatch(req: Request, what: string): number | undefined {
  const tag = readIfMatch(req, what);
  if (tag === undefined) return undefined;
  if (!/^\d{1,10}$/.test(tag)) throw notATag(what);
  return Number(tag);
}

function notATag(what: string): AppError {
  return new AppError('request/outdated', `If-Match is not the ETag of ${what}.`);
}
