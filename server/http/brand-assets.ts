// Owns what a brand adds to the pages: a few lines of style and its pictures, under addresses that change with each version so
// that browsers may keep them.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { isBrandId } from '../brands/brand-document.ts';
import { loadBrandDraft } from '../brands/brand-drafts.store.ts';
import { DEFAULT_BRAND_ID, getBrand, loadBrandAt } from '../brands/brand.store.ts';
import type { Brand } from '../brands/brand.store.ts';
import { textOn } from '../brands/colour.ts';
import { noSuchPage } from './nothing-here.ts';
import type { Site } from './site.ts';
import { checkMay, findVisit } from './visit.ts';

/** In the place of a version: what this administrator tries out. */
const DRAFT = 'draft';

export function brandAssets(site: Site): Router {
  const router = Router();

  router.get('/brand/:id/:version/style.css', async (req, res) => {
    const brand = await askedBrand(site, req, res);
    res.type('css').send(`:root{--brand:${brand.colour};--on-brand:${textOn(brand)}}\n`);
  });

  router.get('/brand/:id/:version/logo.png', async (req, res) => {
    sendPicture(res, (await askedBrand(site, req, res)).logoPng);
  });

  router.get('/brand/:id/:version/favicon.png', async (req, res) => {
    sendPicture(res, (await askedBrand(site, req, res)).faviconPng);
  });

  return router;
}

export function draftAssets(site: Site, id: string): string {
  return `${site.base}/brand/${id}/${DRAFT}`;
}

function sendPicture(res: Response, png: Buffer | undefined): void {
  if (png === undefined) throw noSuchPage();
  res.type('png').send(png);
}

async function askedBrand(site: Site, req: Request, res: Response): Promise<Brand> {
  const { id, version } = req.params;
  // A refusal must not be kept: what is not there yet may be there later.
  res.set('Cache-Control', 'no-store');
  if (!isBrandId(id)) throw noSuchPage();
  if (version === DRAFT) return ownDraft(site, req, res, id);
  const found =
    typeof version === 'string' && /^\d{1,10}$/.test(version) ? await brandAt(site, id, +version) : undefined;
  if (found === undefined) throw noSuchPage();
  res.set('Cache-Control', 'public, max-age=31536000, immutable');
  return found;
}

async function brandAt(site: Site, id: string, version: number): Promise<Brand | undefined> {
  if (version > 0) return loadBrandAt(site.db, id, version);
  const brand = id === DEFAULT_BRAND_ID ? await getBrand(site.db, id, site.orgName) : undefined;
  return brand?.version === 0 ? brand : undefined;
}

// Only its maker sees it before it is saved.
async function ownDraft(site: Site, req: Request, res: Response, brand: string): Promise<Brand> {
  await findVisit(site, req, res);
  const { addressIndex } = checkMay(req, 'branding:read');
  const draft = await loadBrandDraft(site.db, { brand, addressIndex });
  if (draft === undefined) throw noSuchPage();
  return draft;
}
