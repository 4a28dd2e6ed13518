// Owns refusing requests that another site made (CSRF). Two guards: where the browser says the request
// comes from, and the token that only our own pages carry.

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { isOwnCsrf } from './visit.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Whether the request asks for no change (RFC 9110 section 9.2.1). */
export function isSafe(req: Request): boolean {
  return SAFE_METHODS.includes(req.method);
}

/** Refuses a change that comes from another site, by what the browser says of it. */
export function refuseCrossSite(origin: string): RequestHandler {
  return (req: Request, _res: Response, next: NextFunction) => {
    if (!isSafe(req) && isCrossSite(req, origin)) throw forged();
    next();
  };
}

/** Throws request/forged unless the form carries this browser's token. */
export function checkCsrf(req: Request, token: unknown): void {
  if (!isOwnCsrf(req, token)) throw forged();
}

// Fetch Metadata first; where a browser is too old for it, Origin. `null` is what a strict referrer policy
// makes of one's own origin, so it proves nothing either way and the token has to decide.
function isCrossSite(req: Request, origin: string): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin';
  const from = req.get('origin');
  return from !== undefined && from !== 'null' && from !== origin;
}

export function forged(): AppError {
  return new AppError('request/forged', sentence('problem.forged-means'));
}
