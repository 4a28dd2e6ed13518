// Owns the gate before everything: somebody with a role who has proved no more than a mailbox gets nothing but the page on
// which they prove more, and the way out.

import type { Request, RequestHandler } from 'express';
import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { setCookie } from './cookies.ts';
import { isSafe } from './forged.ts';
import { NEXT_PATH } from './problems.ts';
import type { Site } from './site.ts';
import { visitOf } from './visit.ts';

export const SECOND_STEP = '/sign-in/second-step';

/** Below /sign-in are the ways in; these are the switches of every page. */
const OPEN = ['/sign-in', '/sign-out', '/language', '/theme', '/robots.txt'];

export function secondFactorGate(site: Site): RequestHandler {
  return (req, res, next) => {
    if (!visitOf(req).lacksFactor || isOpen(req)) {
      next();
      return;
    }
    if (!isSafe(req)) throw new AppError('request/forbidden', sentence('factor.needed'));
    if (NEXT_PATH.test(req.path)) setCookie(site, res, 'next', req.path);
    res.redirect(303, `${site.base}${SECOND_STEP}`);
  };
}

function isOpen({ path }: Request): boolean {
  return OPEN.includes(path) || path.startsWith('/sign-in/');
}
