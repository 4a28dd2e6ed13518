// Owns the headers that tell browsers what a page may do: nothing that is not listed. The only wrapper of
// helmet.

import helmet from 'helmet';
import type { RequestHandler } from 'express';

/** For every answer; documents of mails bring a stricter policy of their own. */
export function securityHeaders(https: boolean): RequestHandler {
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
