// Owns which page the form of an address stands on. Nobody is meant to come to such an address by a link, but a reload, the
// history and a tab that is brought back ask for it, and so does a change of language after a form was refused.

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Site } from './site.ts';

/** Leads a request for such an address to the page of the form. Whether there is one, that page says itself. */
export function leadToForm(site: Site): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const page = req.method === 'GET' || req.method === 'HEAD' ? formPageOf(req.path) : undefined;
    if (page === undefined) next();
    else res.redirect(303, `${site.base}${page}`);
  };
}

/** Addresses that take a form and have no page, with the page that has the form. */
const FORMS: readonly RegExp[] = [
  /^(\/m\/[\w-]+)\/(?:passcode|switch|passkey|oidc\/\w+)$/,
  /^(\/messages\/\w+)\/(?:reply|forward|draft|more-time|phrase|prove\/(?:passcode|passkey|oidc\/\w+))$/,
  /^(\/sent\/\w+)\/(?:revoke|restore|resend|expiry|phrase)$/,
  /^(\/sent)\/find$/,
  /^(\/sign-in\/second-step)\/(?:recovery|app|codes)$/,
  /^(\/sign-in|\/write)\/(?:passcode|passkey|oidc\/\w+)$/,
  /^(\/account)\/sign-out-everywhere$/,
  /^(\/account\/passkeys)\/(?:rename|remove)$/,
  /^(\/admin\/policy)\/order$/,
  /^(\/)(?:sign-out|language|theme)$/,
];

/** Both are paths below the base. Undefined for an address that takes no form, or shows it itself. */
export function formPageOf(path: string): string | undefined {
  for (const form of FORMS) {
    const page = form.exec(path)?.[1];
    if (page !== undefined) return page;
  }
  return undefined;
}
