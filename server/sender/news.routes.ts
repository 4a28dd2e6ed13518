// Owns the page on which a sender chooses which mails they get about what they sent. Nothing is on unless it is chosen.

import { Router } from 'express';
import { z } from 'zod';
import { inTransaction } from '../db/engine.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkSender, visitOf } from '../http/visit.ts';
import { loadWish, saveWish } from '../people/news.store.ts';

const box = z.literal('1').optional();
const newsForm = z.object({ firstRead: box, digest: box, subjects: box });

export function newsRoutes(site: Site): Router {
  const router = Router();
  const path = `${site.base}/sent/notices`;

  router.get('/sent/notices', async (req, res) => {
    const session = checkSender(site, req);
    const { words } = visitOf(req);
    await sendPage(site, req, res, {
      name: 'sent-notices',
      title: words.say('news.title'),
      at: 'sent',
      model: { action: path, backUrl: `${site.base}/sent`, ...(await loadWish(site.db, session.addressIndex)) },
      done: doneHere(site, req) === 'saved' ? words.say('news.done') : undefined,
    });
  });

  router.post('/sent/notices', async (req, res) => {
    const form = readForm(req, newsForm);
    const session = checkSender(site, req);
    const [firstRead, digest, subjects] = [form.firstRead === '1', form.digest === '1', form.subjects === '1'];
    await inTransaction(site.db, (tx) =>
      saveWish(site.vault, tx, session.addressIndex, session.address, { firstRead, digest, subjects }),
    );
    leadDone(site, req, res, path, 'saved');
  });

  return router;
}
