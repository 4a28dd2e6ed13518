// Owns the previews beside the form of a brand: the very notice and the very page, made of the administrator's draft when there
// is one and of invented people.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { DAY_MS, isoTime } from '../core/clock.ts';
import { loadBrandDraft } from '../brands/brand-drafts.store.ts';
import { portalIntroduction, portalText } from '../brands/brand-texts.ts';
import type { Brand } from '../brands/brand.store.ts';
import { mailBrand, noticeIntroduction, ownNoticeSubject, senderNameOf } from '../brands/mail-brand.ts';
import { draftAssets } from '../http/brand-assets.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay } from '../http/visit.ts';
import { wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import { noticeLead, noticeSubject } from '../render/notice-words.ts';
import { draftKey } from './brand-editor.routes.ts';
import type { BrandPagesDeps } from './brand-editor.routes.ts';
import { previewLanguage } from './brand.model.ts';

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

export function brandPreviews({ site, brandbook }: BrandPagesDeps): Router {
  const router = Router();

  router.get('/admin/brands/:brand/preview/notice', async (req, res) => {
    const { brand, words } = await asked(req);
    const { html } = notice(site, brand, words);
    const logo = brand.logoPng === undefined ? '' : `data:image/png;base64,${brand.logoPng.toString('base64')}`;
    framed(res, notePolicy).type('html').send(html.replaceAll('cid:logo', logo));
  });

  router.get('/admin/brands/:brand/preview/notice-text', async (req, res) => {
    const { brand, words } = await asked(req);
    const { from, subject, text } = notice(site, brand, words);
    framed(res, notePolicy).type('text/plain').send(`${from}\n${subject}\n\n${text}`);
  });

  router.get('/admin/brands/:brand/preview/portal', async (req, res) => {
    const { brand, words, assets } = await asked(req);
    framed(res, pagePolicy);
    await sendPage(site, req, res, {
      name: 'enter',
      title: words.say('sign-in.enter-title'),
      previewOf: { brand, words, assets },
      model: {
        maskedAddress: 'b•••••@recipient.example',
        action: `${site.base}/admin/brands`,
        introduction: portalIntroduction(words, brand),
        portalText: portalText(words, brand),
      },
    });
  });

  return router;

  async function asked(req: Request): Promise<{ brand: Brand; words: Words; assets: string }> {
    const key = draftKey(req, checkMay(req, 'branding:read'));
    const newest = await brandbook.get(key.brand);
    const draft = await loadBrandDraft(site.db, key);
    const assets = `${site.base}/brand/${newest.id}/${newest.version}`;
    return {
      brand: draft ?? newest,
      words: wordsIn(previewLanguage(req.query['language'])),
      assets: draft === undefined ? assets : draftAssets(site, newest.id),
    };
  }
}

function notice(site: Site, brand: Brand, words: Words): { from: string; subject: string; html: string; text: string } {
  const address = `alice@${brand.domains[0] ?? site.orgDomains[0] ?? 'example.com'}`;
  const { host } = new URL(site.origin);
  const who = { sender: 'Alice Example', forwarder: '' };
  const values = { sender: who.sender, senderAddress: address, subject: '…' };
  const { html, text } = site.templates.mail('notice', words, {
    brand: mailBrand(brand),
    lead: noticeLead(words, 'message', who),
    introduction: noticeIntroduction(brand, words, values),
    senderAddress: address,
    from: `Alice Example, ${address}`,
    link: `${site.origin}${site.base}/m/preview`,
    host,
    checkAt: `${host}${site.base}/genuine`,
    reference: 'K4QP-7T3M',
    expires: words.moment(new Date(isoTime(site.clock.nowMs() + 30 * DAY_MS))),
  });
  const author = words.mark('mail.from-organisation', { author: who.sender, organisation: senderNameOf(brand) }, {});
  return {
    from: `${author} <${site.mailFrom}>`,
    subject: ownNoticeSubject(brand, words, values) ?? noticeSubject(words, 'message', who),
    html,
    text,
  };
}

function framed(res: Response, policy: string): Response {
  res.removeHeader('X-Frame-Options');
  return res.set('Content-Security-Policy', policy).set('Cache-Control', 'no-store');
}
