// Owns what a page says was just done. The name of it stands in the link after the change, with the time, under a keyed hash of
// browser, session and path: nobody can put such words on a page by a link, and none is told long after.

import type { Request, Response } from 'express';
import { MINUTE_MS } from '../core/clock.ts';
import { equalBytes } from '../crypto/digest.ts';
import type { Site } from './site.ts';
import { visitOf } from './visit.ts';

/** Long enough for a slow line, a change of language and a reload. */
const TOLD_MS = 10 * MINUTE_MS;
const MARK_CHARACTERS = 22;

/** Answers a form that was carried out. `rest` follows in the link as it is: `&…` or `#…`. */
export function leadDone(site: Site, req: Request, res: Response, path: string, what: string, rest = ''): void {
  res.redirect(303, `${doneUrl(site, req, path, what)}${rest}`);
}

/** The same for whoever leads there by other means. */
export function doneUrl(site: Site, req: Request, path: string, what: string): string {
  const said = `${what}.${site.clock.nowMs().toString(36)}`;
  return `${path}?done=${said}.${mark(site, req, path, said)}`;
}

/** The name of what was just done here, in this browser and session. */
export function doneHere(site: Site, req: Request): string | undefined {
  const { done } = req.query;
  const [, said = '', what = '', at = '', given = ''] =
    (typeof done === 'string' ? /^(([\w-]{1,40})\.([0-9a-z]{1,10}))\.([\w-]{22})$/.exec(done) : null) ?? [];
  if (said === '') return undefined;
  const ageMs = site.clock.nowMs() - parseInt(at, 36);
  // The clocks of several machines differ a little.
  if (ageMs > TOLD_MS || ageMs < -MINUTE_MS) return undefined;
  const path = req.originalUrl.replace(/\?.*$/s, '');
  return equalBytes(Buffer.from(given), Buffer.from(mark(site, req, path, said))) ? what : undefined;
}

function mark(site: Site, req: Request, path: string, said: string): string {
  return site.keyring.macText('done', `${visitOf(req).csrf} ${path} ${said}`).slice(0, MARK_CHARACTERS);
}
