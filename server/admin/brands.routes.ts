// Owns the list of brands, making a new one, its versions and the way back, and removing one. To everybody but administrators
// none of these pages exist.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError, isRefusal } from '../core/errors.ts';
import type { BrandUse } from '../brandbook/brandbook.ts';
import { documentOf, isBrandId } from '../brands/brand-document.ts';
import { DEFAULT_BRAND_ID } from '../brands/brand.store.ts';
import type { Brand, BrandVersion } from '../brands/brand.store.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { BrandRow } from '../render/page-models/brands.ts';
import type { Session } from '../signin/sessions.store.ts';
import { brandEditor } from './brand-editor.routes.ts';
import type { BrandPagesDeps } from './brand-editor.routes.ts';
import { brandPreviews } from './brand-preview.routes.ts';
import { diffView, versionRow } from './policy.model.ts';

const newBrandForm = z.object({ id: z.string().max(200).default(''), from: z.string().max(200).default('') });
const versionForm = z.object({
  version: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number),
});

export function brandPages(deps: BrandPagesDeps): Router {
  const { site, brandbook } = deps;
  const router = Router();
  const path = `${site.base}/admin/brands`;

  // Where the one brand was shaped before there were several.
  router.get('/admin/branding', (req, res) => {
    checkMay(req, 'branding:read');
    res.redirect(308, `${path}/${DEFAULT_BRAND_ID}`);
  });

  router.get('/admin/brands', async (req, res) => {
    checkMay(req, 'branding:read');
    await sendList(req, res, { id: '', from: DEFAULT_BRAND_ID });
  });

  router.post('/admin/brands', async (req, res) => {
    const session = checkMay(req, 'branding:write');
    const { id: typed, from } = readForm(req, newBrandForm);
    const id = typed.trim().toLowerCase();
    const message = await whyNotNew(id);
    if (message !== undefined) {
      await sendList(req, res, { id: typed, from, message });
      return;
    }
    const model = await brandbook.get(from);
    const { logoPng, faviconPng } = model;
    const value = { ...documentOf(model), domains: [] };
    const basedOn = await brandbook.nextBasis(id);
    await brandbook.save([{ id, basedOn, value, logoPng, faviconPng }], by(req, session));
    leadDone(site, req, res, `${path}/${id}`, 'made');
  });

  router.get('/admin/brands/:brand/versions/:n', async (req, res) => {
    checkMay(req, 'branding:read');
    await sendVersion(req, res, await versionIn(req));
  });

  router.post('/admin/brands/:brand/versions/:n/restore', async (req, res) => {
    const session = checkMay(req, 'branding:write');
    const { version: basedOn } = readForm(req, versionForm);
    const found = await versionIn(req);
    try {
      const saved = await brandbook.goBack(found.brand.id, found.version, basedOn, by(req, session));
      leadDone(site, req, res, `${path}/${saved.id}`, saved.version === basedOn ? 'same' : 'saved');
    } catch (error) {
      if (!isRefusal(error, 'request/outdated')) throw error;
      await sendVersion(req, res, found, 412);
    }
  });

  router.get('/admin/brands/:brand/remove', async (req, res) => {
    checkMay(req, 'branding:write');
    const brand = await brandIn(req);
    await sendRemove(req, res, brand, await brandbook.use(brand.id));
  });

  router.post('/admin/brands/:brand/remove', async (req, res) => {
    const session = checkMay(req, 'branding:write');
    const { version } = readForm(req, versionForm);
    const brand = await brandIn(req);
    try {
      await brandbook.remove(brand.id, version, by(req, session));
      leadDone(site, req, res, path, 'removed');
    } catch (error) {
      // What stands in the way is said on the page itself.
      if (!isRefusal(error, 'request/conflict', 'request/outdated')) throw error;
      const status = isRefusal(error, 'request/conflict') ? 409 : 412;
      await sendRemove(req, res, await brandIn(req), await brandbook.use(brand.id), status);
    }
  });

  router.use(brandEditor(deps));
  router.use(brandPreviews(deps));
  return router;

  async function whyNotNew(id: string): Promise<string | undefined> {
    if (!isBrandId(id)) return 'Make the name of lower-case letters and digits, joined by hyphens: north-clinic.';
    const brands = await brandbook.list();
    return brands.some((brand) => brand.id === id) ? 'There is a brand of this name.' : undefined;
  }

  async function sendList(
    req: Request,
    res: Response,
    { id, from, message }: { readonly id: string; readonly from: string; readonly message?: string },
  ): Promise<void> {
    const brands = await brandbook.list();
    await sendPage(site, req, res, {
      name: 'brands',
      title: 'Brands',
      at: 'branding',
      status: message === undefined ? 200 : 422,
      model: {
        action: path,
        mayChange: mayHere(req, 'branding:write'),
        rows: await Promise.all(brands.map(async (brand) => brandRow(brand, await usedWords(brand)))),
        nameHint: NAME_HINT,
        id,
        from,
        errors: message === undefined ? [] : [{ field: 'id', message }],
      },
      done:
        doneHere(site, req) === 'removed' ? 'The brand is removed. It can be brought back under its name.' : undefined,
    });
  }

  async function usedWords({ id }: Brand): Promise<string> {
    if (id === DEFAULT_BRAND_ID) return 'Every message without another';
    return messageWords(await brandbook.countMessages(id));
  }

  function brandRow(brand: Brand, used: string): BrandRow {
    const { id, name, colour, domains, version } = brand;
    return {
      ...{ id, name, colour, domains, version, used },
      url: `${path}/${id}`,
      ...(brand.hasLogo ? { logoUrl: `${site.base}/brand/${id}/${version}/logo.png` } : {}),
    };
  }

  async function sendVersion(req: Request, res: Response, found: BrandVersion, status = 200): Promise<void> {
    const { brand, version } = found;
    const before = version > 1 ? await brandbook.version(brand.id, version - 1).catch(unlessMissing) : undefined;
    const newest = await brandbook.get(brand.id).catch(unlessMissing);
    const here = `${path}/${brand.id}`;
    await sendPage(site, req, res, {
      name: 'brand-version',
      title: `Brand ${brand.id}, version ${version}`,
      at: 'branding',
      status,
      model: {
        ...versionRow(site, here, found, newest?.version ?? 0),
        id: brand.id,
        beforeWords: before === undefined ? 'nothing' : `version ${version - 1}`,
        lines: diffView(brandbook.difference(before?.brand, brand)),
        text: brandbook.text(brand),
        backUrl: here,
        newest: newest?.version ?? 0,
        overtaken: status === 412,
        ...(version === newest?.version || !mayHere(req, 'branding:write')
          ? {}
          : { restoreAction: `${here}/versions/${version}/restore` }),
      },
    });
  }

  async function sendRemove(req: Request, res: Response, brand: Brand, use: BrandUse, status = 200): Promise<void> {
    const { id, name, version, domains } = brand;
    if (id === DEFAULT_BRAND_ID) throw new AppError('request/not-found', 'There is no such page.');
    await sendPage(site, req, res, {
      name: 'brand-remove',
      title: `Remove the brand ${id}`,
      at: 'branding',
      status,
      model: {
        ...{ id, name, version, domains, policy: use.policy },
        action: `${path}/${id}/remove`,
        backUrl: `${path}/${id}`,
        policyUrl: `${site.base}/admin/policy`,
        defaultName: (await brandbook.get(DEFAULT_BRAND_ID)).name,
        messages: messageWords(use.messages),
      },
    });
  }

  function brandIn({ params: { brand } }: Request): Promise<Brand> {
    return brandbook.get(typeof brand === 'string' ? brand : '');
  }

  function versionIn({ params: { brand, n } }: Request): Promise<BrandVersion> {
    const version = typeof n === 'string' && /^\d{1,10}$/.test(n) ? Number(n) : Number.NaN;
    return brandbook.version(typeof brand === 'string' ? brand : '', version);
  }
}

const NAME_HINT =
  'By which it is asked for, in the header X-Sealpost-Brand and in the policy: north-clinic. Readers never see it.';

function by(req: Request, session: Session): { actor: string; network: string } {
  return { actor: session.address, network: visitOf(req).network };
}

function messageWords(count: number): string {
  if (count === 0) return 'No message';
  return count === 1 ? '1 message' : `${count} messages`;
}

function unlessMissing(error: unknown): undefined {
  if (!isRefusal(error, 'request/not-found')) throw error;
}
