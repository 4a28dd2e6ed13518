// Owns what a brand adds to the pages: a few lines of style and its logo, under addresses that change with
// each version so that browsers may keep them.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { DEFAULT_BRAND_ID, DRAFT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import type { Brand } from '../brands/brand.store.ts';
import { textOn } from '../brands/colour.ts';
import { noSuchPage } from './nothing-here.ts';
import type { Site } from './site.ts';
import { checkMay, findVisit } from './visit.ts';

const IDS = [DEFAULT_BRAND_ID, DRAFT_BRAND_ID];

export function brandAssets(site: Site): Router {
  const router = Router();

  router.get('/brand/:id/:version/style.css', async (req, res) => {
    const brand = await askedBrand(site, req, res);
    res.type('css').send(`:root{--brand:${brand.colour};--on-brand:${textOn(brand.colour)}}\n`);
  });

  router.get('/brand/:id/:version/logo.png', async (req, res) => {
    const brand = await askedBrand(site, req, res);
    if (brand.logoPng === undefined) throw noSuchPage();
    res.type('png').send(brand.logoPng);
  });

  return router;
}

async function askedBrand(site: Site, req: Request, res: Response): Promise<Brand> {
  const { id, version } = req.params;
  if (typeof id !== 'string' || !IDS.includes(id)) throw noSuchPage();
  if (id === DRAFT_BRAND_ID) {
    // Only its makers see it before it is published.
    await findVisit(site, req, res);
    checkMay(req, 'branding:read');
  }
  const brand = await getBrand(site.db, id, site.orgName);
  // The draft's versions begin anew with each draft, so nothing may be kept of it.
  const isKept = id !== DRAFT_BRAND_ID && version === String(brand.version);
  res.set('Cache-Control', isKept ? 'public, max-age=31536000, immutable' : 'no-store');
  return brand;
}
