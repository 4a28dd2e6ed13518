// Owns the calls that read and change brands: all at once, one by one, and their versions. What the pages under /admin/brands
// can do, these can.

import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { AppError } from '../core/errors.ts';
import type { Brandbook, BrandChange } from '../brandbook/brandbook.ts';
import { DEFAULT_BRAND_ID } from '../brands/brand.store.ts';
import type { Brand, Pictures } from '../brands/brand.store.ts';
import { documentOf } from '../brands/brand-document.ts';
import { encodeFavicon, encodeLogo } from '../brands/logo.ts';
import { sha256 } from '../crypto/digest.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { putBrandList, putPictures } from './brand-schemas.ts';
import type { BrandView } from './brand-schemas.ts';
import { readIfMatch, readVersionMatch } from './if-match.ts';
import { noteQuery, restorePolicyAsk, versionsQuery } from './policy-schemas.ts';
import { presentVersion } from './policy.routes.ts';
import { noQuery } from './schemas.ts';

export interface BrandRouteDeps extends KeyDeps {
  readonly brandbook: Brandbook;
}

// Two pictures as they may be uploaded, in base64, and the texts.
const BRAND_BYTES_MAX = 8 * 1024 * 1024;
// Of pictures that were painted anew, which are small.
const BRANDS_BYTES_MAX = 32 * 1024 * 1024;

export function brandRoutes(deps: BrandRouteDeps): Router {
  const { brandbook } = deps;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/brands', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    sendList(res, await brandbook.list());
  });

  router.put('/v1/brands', ...mayWrite, express.json({ limit: BRANDS_BYTES_MAX }), async (req, res) => {
    const { note = '' } = noteQuery.parse(req.query);
    const now = await brandbook.list();
    const tag = readIfMatch(req, 'the brands');
    if (tag !== undefined && tag !== listTag(now)) throw changedMeanwhile();
    const { brands } = putBrandList.parse(req.body);
    const wanted = new Set(brands.map(({ id }) => id));
    if (wanted.size < brands.length) throw new AppError('request/malformed', 'A brand is there twice.');
    const changes: BrandChange[] = [];
    for (const { id, logo, favicon, ...value } of brands) {
      const before = now.find((brand) => brand.id === id);
      const basedOn = before?.version ?? (await brandbook.nextBasis(id));
      changes.push({ id, basedOn, value, ...(await picturesOf({ logo, favicon }, before)) });
    }
    const removed = now.map(({ id }) => id).filter((id) => id !== DEFAULT_BRAND_ID && !wanted.has(id));
    await brandbook.save(changes, { ...actorOf(req), note }, removed);
    sendList(res, await brandbook.list());
  });

  router.get('/v1/brands/:brand', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    sendBrand(res, await brandbook.get(idIn(req)));
  });

  router.put('/v1/brands/:brand', ...mayWrite, express.json({ limit: BRAND_BYTES_MAX }), async (req, res) => {
    const { note = '' } = noteQuery.parse(req.query);
    const id = idIn(req);
    const isNew = req.get('if-none-match')?.trim() === '*';
    const before = (await brandbook.list()).find((brand) => brand.id === id);
    const basedOn = isNew ? await basisOfNew(id, before) : basisOf(req, before);
    const { logo, favicon, ...value } = putPictures.parse(req.body);
    const change = { id, basedOn, value, ...(await picturesOf({ logo, favicon }, before)) };
    const [saved] = await brandbook.save([change], { ...actorOf(req), note });
    if (saved === undefined) throw new Error('one was saved, and none came back');
    sendBrand(res.status(isNew ? 201 : 200), saved);
  });

  router.delete('/v1/brands/:brand', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    const brand = await brandbook.get(idIn(req));
    const { messages } = await brandbook.remove(brand.id, basisOf(req, brand), actorOf(req));
    res.json({ messages });
  });

  router.get('/v1/brands/:brand/versions', ...mayRead, async (req, res) => {
    const { cursor, limit } = versionsQuery.parse(req.query);
    const page = { limit, ...(cursor === undefined ? {} : { before: cursor }) };
    const versions = await brandbook.versions(idIn(req), page);
    const last = versions.length === limit ? versions.at(-1)?.version : undefined;
    res.json({ versions: versions.map(presentVersion), cursor: last ?? null });
  });

  router.get('/v1/brands/:brand/versions/:n', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    sendBrand(res, (await brandbook.version(idIn(req), numberIn(req))).brand);
  });

  router.post(
    '/v1/brands/:brand/versions/:n/restore',
    ...mayWrite,
    express.json({ limit: '64kb' }),
    async (req, res) => {
      noQuery.parse(req.query);
      const { note = '' } = restorePolicyAsk.parse(req.body ?? {});
      const id = idIn(req);
      const before = (await brandbook.list()).find((brand) => brand.id === id);
      // One that was removed is brought back: nobody has its version as a tag.
      const basedOn = before === undefined ? await brandbook.nextBasis(id) : basisOf(req, before);
      sendBrand(res, await brandbook.goBack(id, numberIn(req), basedOn, { ...actorOf(req), note }));
    },
  );

  return router;

  /** RFC 9110 section 13.1.2. */
  async function basisOfNew(id: string, before: Brand | undefined): Promise<number> {
    if (before !== undefined) throw new AppError('request/outdated', 'There is a brand of this name.');
    return brandbook.nextBasis(id);
  }
}

function basisOf(req: Request, brand: Brand | undefined): number {
  const basedOn = readVersionMatch(req, 'the brand');
  if (brand === undefined) {
    throw new AppError('request/outdated', 'There is no such brand. To make it, send If-None-Match: *.');
  }
  if (basedOn !== undefined && basedOn !== brand.version) throw changedMeanwhile();
  return brand.version;
}

function changedMeanwhile(): AppError {
  return new AppError('request/outdated', 'It has another version by now. Get it, and change that one.');
}

/** What comes back as it went out is kept as it is. */
async function picturesOf(
  given: { readonly logo: string | null; readonly favicon: string | null },
  before: Pictures | undefined,
): Promise<Pictures> {
  const { logoPng, faviconPng } = before ?? { logoPng: undefined, faviconPng: undefined };
  return {
    logoPng: await pictureOf(given.logo, logoPng, encodeLogo),
    faviconPng: await pictureOf(given.favicon, faviconPng, encodeFavicon),
  };
}

async function pictureOf(
  given: string | null,
  before: Buffer | undefined,
  encode: (upload: Buffer) => Promise<Buffer>,
): Promise<Buffer | undefined> {
  if (given === null) return undefined;
  const bytes = Buffer.from(given, 'base64');
  return before?.equals(bytes) === true ? before : encode(bytes);
}

function sendBrand(res: Response, brand: Brand): void {
  res.set('ETag', `"${brand.version}"`).json(viewOf(brand));
}

function sendList(res: Response, brands: readonly Brand[]): void {
  res.set('ETag', `"${listTag(brands)}"`);
  res.json({ brands: brands.map((brand) => ({ id: brand.id, ...viewOf(brand) })) });
}

function viewOf(brand: Brand): BrandView {
  return {
    ...documentOf(brand),
    logo: brand.logoPng?.toString('base64') ?? null,
    favicon: brand.faviconPng?.toString('base64') ?? null,
  };
}

/** Changes when any of them does. */
function listTag(brands: readonly Brand[]): string {
  return sha256(brands.map(({ id, version }) => `${id} ${version}`).join('\n')).toString('hex');
}

function actorOf(req: Request): { actor: string } {
  return { actor: keyOf(req).id };
}

function idIn({ params: { brand } }: Request): string {
  return typeof brand === 'string' ? brand : '';
}

function numberIn({ params: { n } }: Request): number {
  return typeof n === 'string' && /^\d{1,10}$/.test(n) ? Number(n) : Number.NaN;
}
