// Owns the previews beside the branding form: the very notice and the very page, made of the draft when
// there is one and of invented people.

import { Router } from 'express';
import type { Response } from 'express';
import { DAY_MS, isoTime } from '../core/clock.ts';
import { DEFAULT_LANGUAGE } from '../language/languages.ts';
import { wordsIn } from '../language/words.ts';
import { DEFAULT_BRAND_ID, DRAFT_BRAND_ID, getBrand, loadBrand } from '../brands/brand.store.ts';
import type { Brand } from '../brands/brand.store.ts';
import { introductionIn } from '../brands/introduction.ts';
import { mailBrand } from '../brands/mail-brand.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, visitOf } from '../http/visit.ts';
import { noticeLead } from '../render/notice-words.ts';

const notePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function previewRoutes(site: Site): Router {
  const router = Router();

  router.get('/admin/branding/preview/notice', async (req, res) => {
    checkMay(req, 'branding:read');
    const brand = await shownBrand(site);
    const { html } = notice(site, brand);
    const logo = brand.logoPng === undefined ? '' : `data:image/png;base64,${brand.logoPng.toString('base64')}`;
    framed(res, notePolicy).type('html').send(html.replaceAll('cid:logo', logo));
  });

  router.get('/admin/branding/preview/notice-text', async (req, res) => {
    checkMay(req, 'branding:read');
    framed(res, notePolicy)
      .type('text/plain')
      .send(notice(site, await shownBrand(site)).text);
  });

  router.get('/admin/branding/preview/portal', async (req, res) => {
    checkMay(req, 'branding:read');
    const brand = await shownBrand(site);
    framed(res, pagePolicy);
    await sendPage(site, req, res, {
      name: 'enter',
      title: visitOf(req).words.say('sign-in.enter-title'),
      previewOf: brand,
      model: {
        maskedAddress: 'b•••••@recipient.example',
        action: `${site.base}/admin/branding`,
        introduction: introductionIn(visitOf(req).words, brand),
        portalText: brand.portalText,
      },
    });
  });

  return router;
}

async function shownBrand(site: Site): Promise<Brand> {
  return (await loadBrand(site.db, DRAFT_BRAND_ID)) ?? getBrand(site.db, DEFAULT_BRAND_ID, site.orgName);
}

function notice(site: Site, brand: Brand): { html: string; text: string } {
  const words = wordsIn(DEFAULT_LANGUAGE);
  const address = `alice@${site.orgDomains[0] ?? 'example.com'}`;
  const { host } = new URL(site.origin);
  return site.templates.mail('notice', words, {
    brand: mailBrand(brand, words),
    lead: noticeLead(words, 'message', { sender: 'Alice Example', forwarder: '' }),
    senderAddress: address,
    from: `Alice Example, ${address}`,
    link: `${site.origin}${site.base}/m/preview`,
    host,
    checkAt: `${host}${site.base}/genuine`,
    reference: 'K4QP-7T3M',
    expires: words.moment(new Date(isoTime(site.clock.nowMs() + 30 * DAY_MS))),
  });
}

function framed(res: Response, policy: string): Response {
  res.removeHeader('X-Frame-Options');
  return res.set('Content-Security-Policy', policy).set('Cache-Control', 'no-store');
}
