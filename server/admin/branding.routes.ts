// Owns the page on which administrators shape the brand: a form, a draft that only the previews show, and
// publishing it to pages and notices from the next one on.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import {
  DEFAULT_BRAND_ID,
  DRAFT_BRAND_ID,
  getBrand,
  loadBrand,
  removeBrand,
  saveBrand,
} from '../brands/brand.store.ts';
import type { Brand } from '../brands/brand.store.ts';
import { contrast, textOn } from '../brands/colour.ts';
import { LOGO_BYTES_MAX } from '../brands/logo.ts';
import { inTransaction } from '../db/engine.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { readUpload } from '../http/uploads.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { DEFAULT_LANGUAGE } from '../language/languages.ts';
import { wordsIn } from '../language/words.ts';
import type { BrandingPage } from '../render/page-models/admin.ts';
import type { FieldError } from '../render/page-models/parts.ts';
import type { Session } from '../signin/sessions.store.ts';
import { readBrandForm } from './brand-form.ts';
import { previewRoutes } from './branding-preview.routes.ts';

const FORM_BYTES_MAX = 64 * 1024;
// More than a logo may have: the fault is said beside its field, and the texts after it in the form are not lost.
const UPLOAD_BYTES_MAX = 10 * LOGO_BYTES_MAX;

export function brandingRoutes(site: Site): Router {
  const router = Router();

  router.get('/admin/branding', async (req, res) => {
    checkMay(req, 'branding:read');
    const draft = await loadBrand(site.db, DRAFT_BRAND_ID);
    const brand = draft ?? (await getBrand(site.db, DEFAULT_BRAND_ID, site.orgName));
    await sendBranding(site, req, res, brand, [], { draft: draft !== undefined });
  });

  router.post('/admin/branding', async (req, res) => {
    const session = checkMay(req, 'branding:write');
    const fields = new Map<string, string>();
    const logo = await readForm(req, fields);
    const act = readAct(fields.get('do'));
    if (act === 'discard') {
      await inTransaction(site.db, (tx) => removeBrand(tx, DRAFT_BRAND_ID));
      res.redirect(303, `${site.base}/admin/branding`);
      return;
    }
    const before =
      (await loadBrand(site.db, DRAFT_BRAND_ID)) ?? (await getBrand(site.db, DEFAULT_BRAND_ID, site.orgName));
    const { brand, errors } = await readBrandForm(fields, logo, before);
    if (errors.length > 0) {
      const status = logo.length > LOGO_BYTES_MAX ? 413 : 422;
      await sendBranding(site, req, res, brand, errors, { draft: before.id === DRAFT_BRAND_ID, status });
      return;
    }
    if (act === 'publish') await publish(site, req, session, brand);
    else await inTransaction(site.db, (tx) => saveBrand(tx, { ...brand, id: DRAFT_BRAND_ID }, isoNow(site.clock)));
    res.redirect(303, `${site.base}/admin/branding${act === 'publish' ? '?done=published' : ''}`);
  });

  router.use(previewRoutes(site));
  return router;
}

/** The logo's bytes, of a file that is too large only as many as show that it is. */
async function readForm(req: Request, fields: Map<string, string>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  await readUpload(req, { files: 1, bytes: UPLOAD_BYTES_MAX, fieldBytes: FORM_BYTES_MAX }, fields, async (file) => {
    for await (const piece of file.content) {
      if (bytes <= LOGO_BYTES_MAX) pieces.push(piece);
      bytes += piece.length;
    }
  });
  return Buffer.concat(pieces);
}

const acts = ['preview', 'publish', 'discard'] as const;

function readAct(text: string | undefined): (typeof acts)[number] {
  const act = acts.find((one) => one === text);
  if (act === undefined) throw new AppError('request/malformed', 'Press one of the buttons below the form.');
  return act;
}

async function publish(site: Site, req: Request, session: Session, brand: Brand): Promise<void> {
  await inTransaction(site.db, async (tx) => {
    await saveBrand(tx, { ...brand, id: DEFAULT_BRAND_ID }, isoNow(site.clock));
    await removeBrand(tx, DRAFT_BRAND_ID);
    await appendAudit(site.vault, tx, {
      event: 'brand-changed',
      details: { actor: session.address, network: visitOf(req).network, brand: DEFAULT_BRAND_ID },
    });
  });
}

async function sendBranding(
  site: Site,
  req: Request,
  res: Response,
  brand: Brand,
  errors: readonly FieldError[],
  more: { readonly draft: boolean; readonly status?: number },
): Promise<void> {
  const path = `${site.base}/admin/branding`;
  const model: BrandingPage = {
    action: path,
    values: {
      name: brand.name,
      colour: brand.colour,
      introduction: brand.introduction,
      portalText: brand.portalText,
      footer: brand.footer,
      reminderDays: String(brand.reminderDays),
    },
    hasLogo: brand.logoPng !== undefined,
    ...(brand.logoPng === undefined ? {} : { logoUrl: `${site.base}/brand/${brand.id}/${brand.version}/logo.png` }),
    errors,
    contrastWords: contrastWords(brand.colour),
    draft: more.draft,
    mayChange: mayHere(req, 'branding:write'),
    noticePreviewUrl: `${path}/preview/notice`,
    noticeTextPreviewUrl: `${path}/preview/notice-text`,
    portalPreviewUrl: `${path}/preview/portal`,
    logoLimit: `PNG, JPEG or WebP, at most ${wordsIn(DEFAULT_LANGUAGE).size(LOGO_BYTES_MAX)}.`,
  };
  await sendPage(site, req, res, {
    name: 'branding',
    title: 'Branding',
    at: 'branding',
    status: more.status ?? 200,
    model,
    done: req.query['done'] === 'published' ? 'Published. Pages and notices look like this from now on.' : undefined,
  });
}

function contrastWords(colour: string): string {
  const text = textOn(colour);
  const name = text === '#ffffff' ? 'White' : 'Black';
  return `${name} text stands on this colour, with a contrast of ${contrast(colour, text).toFixed(1)} to 1.`;
}
