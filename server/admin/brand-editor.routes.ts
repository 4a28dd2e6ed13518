// Owns the page on which administrators shape one brand: a form, a draft that only their own previews show, and saving it as a
// new version, which pages and notices wear from the next one on.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { AppError, isRefusal } from '../core/errors.ts';
import type { Brandbook } from '../brandbook/brandbook.ts';
import { loadBrandDraft, removeBrandDraft, saveBrandDraft } from '../brands/brand-drafts.store.ts';
import type { DraftKey } from '../brands/brand-drafts.store.ts';
import type { Brand } from '../brands/brand.store.ts';
import { inTransaction } from '../db/engine.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import type { FieldError } from '../render/page-models/parts.ts';
import type { Session } from '../signin/sessions.store.ts';
import { documentIn, faultsOf, isTooLarge, picturesIn, readBrandForm } from './brand-form.ts';
import type { TypedBrand } from './brand-form.ts';
import { BRAND_VERSIONS_SHOWN, brandPage, previewLanguage } from './brand.model.ts';

export interface BrandPagesDeps {
  readonly site: Site;
  readonly brandbook: Brandbook;
}

export function brandEditor({ site, brandbook }: BrandPagesDeps): Router {
  const router = Router();

  router.get('/admin/brands/:brand', async (req, res) => {
    const key = draftKey(req, checkMay(req, 'branding:read'));
    const newest = await brandbook.get(key.brand);
    await sendEditor(req, res, { newest, draft: await loadBrandDraft(site.db, key) });
  });

  router.post('/admin/brands/:brand', async (req, res) => {
    const session = checkMay(req, 'branding:write');
    const key = draftKey(req, session);
    const typed = await readBrandForm(req);
    const act = readAct(typed.fields.get('do'));
    const newest = await brandbook.get(key.brand);
    const path = `${site.base}/admin/brands/${newest.id}`;
    const language = previewLanguage(typed.fields.get('previewLanguage'));
    if (act === 'discard') {
      await inTransaction(site.db, (tx) => removeBrandDraft(tx, key));
      res.redirect(303, `${path}?language=${language}`);
      return;
    }
    const draft = await loadBrandDraft(site.db, key);
    const before = draft ?? newest;
    const value = documentIn(typed, before);
    const { pictures, errors: unreadable } = await picturesIn(typed, before);
    const errors = [...(await faultsOf(() => brandbook.check(key.brand, value))), ...unreadable];
    if (errors.length > 0) {
      await sendEditor(req, res, { newest, draft, typed, errors }, isTooLarge(typed) ? 413 : 422);
      return;
    }
    const basedOn = basisIn(typed);
    if (act === 'preview') {
      const document = await brandbook.check(key.brand, value);
      await inTransaction(site.db, (tx) =>
        saveBrandDraft(site.vault, tx, key, { ...before, ...document, ...pictures, version: basedOn }),
      );
      res.redirect(303, `${path}?language=${language}`);
      return;
    }
    try {
      const note = typed.fields.get('note') ?? '';
      const by = { actor: session.address, network: visitOf(req).network, note };
      const [saved] = await brandbook.save([{ id: key.brand, basedOn, value, ...pictures }], by);
      await inTransaction(site.db, (tx) => removeBrandDraft(tx, key));
      leadDone(site, req, res, path, saved?.version === basedOn ? 'same' : 'saved');
    } catch (error) {
      if (!isRefusal(error, 'request/outdated')) throw error;
      const overtakenBy = await brandbook.get(key.brand);
      await sendEditor(req, res, { newest: overtakenBy, draft, typed, errors: [], overtaken: true }, 412);
    }
  });

  return router;

  async function sendEditor(req: Request, res: Response, shown: ShownBrand, status = 200): Promise<void> {
    const { id } = shown.newest;
    const { before } = req.query;
    const versions = await brandbook.versions(id, {
      limit: BRAND_VERSIONS_SHOWN + 1,
      ...(typeof before === 'string' && /^\d{1,10}$/.test(before) ? { before: Number(before) } : {}),
    });
    await sendPage(site, req, res, {
      name: 'brand',
      title: `Brand ${id}`,
      at: 'branding',
      status,
      model: brandPage(
        site,
        shown,
        versions,
        mayHere(req, 'branding:write'),
        previewLanguage(shown.typed?.fields.get('previewLanguage') ?? req.query['language']),
      ),
      done: doneWords(doneHere(site, req)),
    });
  }
}

export interface ShownBrand {
  readonly newest: Brand;
  /** Its version is the one it was made from. */
  readonly draft: Brand | undefined;
  /** What was sent and not taken. */
  readonly typed?: TypedBrand;
  readonly errors?: readonly FieldError[];
  /** Somebody saved another version meanwhile. */
  readonly overtaken?: boolean;
}

const acts = ['preview', 'save', 'discard'] as const;

function readAct(text: string | undefined): (typeof acts)[number] {
  const act = acts.find((one) => one === text);
  if (act === undefined) throw new AppError('request/malformed', 'Press one of the buttons below the form.');
  return act;
}

export function draftKey({ params: { brand } }: Request, { addressIndex }: Session): DraftKey {
  return { brand: typeof brand === 'string' ? brand : '', addressIndex };
}

/** The version that the form was made from. A form without it was not sent from our page as it stood. */
function basisIn({ fields }: TypedBrand): number {
  const text = fields.get('version') ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new AppError('request/malformed', sentence('problem.field-unreadable'));
}

function doneWords(done: unknown): string | undefined {
  if (done === 'saved') return 'Saved. Pages and notices look like this from now on.';
  if (done === 'made') return 'The brand is there. Give it its look, and save.';
  return done === 'same' ? 'It is as it was before, so no version was made.' : undefined;
}
