// Owns which brand the answer to a request wears: that of the message it is about; else, for a reader, that of the link which
// they came in by; else the default one.

import type { Request } from 'express';
import { DEFAULT_BRAND_ID } from '../brands/brand.store.ts';
import { getLook } from '../brands/look.store.ts';
import type { BrandLook } from '../brands/brand.store.ts';
import type { Site } from './site.ts';
import { isSender, visitOf } from './visit.ts';

const worn = new WeakMap<Request, string>();

/** To be called as soon as it is known which message a request is about, so that refusals wear it, too. */
export function wearBrand(req: Request, id: string): void {
  worn.set(req, id);
}

/** Of the message, if the request is about one. */
export function wornBrand(req: Request): string | undefined {
  return worn.get(req);
}

export function brandIdOf(site: Site, req: Request): string {
  const { session } = visitOf(req);
  // People of the organisation are at home in its own brand.
  const came = session === undefined || isSender(site, session.address) ? undefined : session.brand;
  return worn.get(req) ?? came ?? DEFAULT_BRAND_ID;
}

/** What the page wears. */
export function pageBrand(site: Site, req: Request): Promise<BrandLook> {
  return getLook(site.db, brandIdOf(site, req), site.orgName);
}
