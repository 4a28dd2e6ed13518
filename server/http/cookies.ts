// Owns the cookies: their names, their attributes, reading and setting them. The only wrapper of cookie.

import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { HOUR_MS } from '../core/clock.ts';

export type CookieName = 'session' | 'browser' | 'theme' | 'language' | 'next';

const names: Record<CookieName, string> = {
  session: 'sealpost',
  browser: 'sealpost-browser',
  theme: 'sealpost-theme',
  language: 'sealpost-language',
  next: 'sealpost-next',
};

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const maxAgeSeconds: Record<CookieName, number | undefined> = {
  session: undefined,
  browser: YEAR_SECONDS,
  theme: YEAR_SECONDS,
  language: YEAR_SECONDS,
  next: HOUR_MS / 1000,
};

export function readCookie(site: { https: boolean }, req: Request, name: CookieName): string | undefined {
  let cookies = parsed.get(req);
  if (cookies === undefined) {
    cookies = parseCookie(req.headers.cookie ?? '');
    parsed.set(req, cookies);
  }
  return cookies[fullName(site, name)];
}

/** Asked for several times in the course of a request. */
const parsed = new WeakMap<Request, ReturnType<typeof parseCookie>>();

export function setCookie(site: { https: boolean }, res: Response, name: CookieName, value: string): void {
  append(site, res, name, value, maxAgeSeconds[name]);
}

export function clearCookie(site: { https: boolean }, res: Response, name: CookieName): void {
  append(site, res, name, '', 0);
}

// RFC 6265bis section 4.1.3.2: __Host- binds a cookie to this host, the root path and https.
function fullName(site: { https: boolean }, name: CookieName): string {
  return site.https ? `__Host-${names[name]}` : names[name];
}

function append(
  site: { https: boolean },
  res: Response,
  name: CookieName,
  value: string,
  maxAge: number | undefined,
): void {
  const cookie = stringifySetCookie({
    name: fullName(site, name),
    value,
    path: '/',
    httpOnly: true,
    secure: site.https,
    // Lax, not Strict: the link in the notice must find the session of a reader who is signed in.
    sameSite: 'lax',
    ...(maxAge === undefined ? {} : { maxAge }),
  });
  res.append('Set-Cookie', cookie);
}
