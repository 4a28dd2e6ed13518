// Owns the headers that tell browsers what a page may do: nothing that is not listed. The only wrapper of
// helmet.

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { RequestHandler } from 'express';

/** For every answer; documents of mails bring a stricter policy of their own. */
export function securityHeaders(https: boolean): RequestHandler {
  // They are the same each time, and a dozen handlers that each set one took longer than the rest of an answer's headers.
  const headers = headersOf(https);
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

function headersOf(https: boolean): [name: string, value: string][] {
  const req = new IncomingMessage(new Socket());
  const res = new Recorder(req);
  let failure: unknown = new Error('helmet did not set its headers at once');
  helmetOf(https)(req, res, (error) => {
    failure = error;
  });
  if (failure !== undefined) throw failure;
  return [...res.headers];
}

class Recorder extends ServerResponse {
  readonly headers = new Map<string, string>();

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.headers.set(name, String(value));
    return this;
  }
}

function helmetOf(https: boolean): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // 'same-origin', not 'no-referrer': other sites learn as little, and old browsers still send Origin.
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // Of this host alone: its neighbours below the same domain are not ours to decide for.
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
}

/**
 * For the document of a mail's own HTML: no scripts, no requests, no origin; links open in a new tab.
 * Its pictures are data: URLs, since a document without an origin sends no cookies.
 */
export const bodyDocumentPolicy = [
  'sandbox allow-popups allow-popups-to-escape-sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');
