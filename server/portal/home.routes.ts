// Owns the front door: what this is, and where to go.

import { Router } from 'express';
import { portalIntroduction } from '../brands/brand-texts.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { pageBrand } from '../http/worn-brand.ts';
import type { Session } from '../signin/sessions.store.ts';
import { mayWrite } from './write.routes.ts';

export function homeRoutes(site: Site): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    const brand = await pageBrand(site, req);
    const { words } = visitOf(req);
    await sendPage(site, req, res, {
      name: 'home',
      title: words.say('sign-in.home-title'),
      model: {
        introduction: portalIntroduction(words, brand),
        ...((await mayBegin(site, visitOf(req).session)) ? { writeUrl: `${site.base}/write` } : {}),
      },
    });
  });

  router.get('/robots.txt', (_req, res) => {
    res.type('text/plain').send('User-agent: *\nDisallow: /\n');
  });

  return router;
}

function mayBegin(site: Site, session: Session | undefined): Promise<boolean> {
  return session === undefined ? Promise.resolve(site.writing.from === 'anyone') : mayWrite(site, session);
}
