// Owns showing people what they wrote here first, and what came of it.

import { Router } from 'express';
import { isoNow } from '../core/clock.ts';
import { isMessageId } from '../core/ids.ts';
import { asWriter, checkReadable, pageRights } from '../access/reading.ts';
import { person, subjectWords } from '../http/message-views.ts';
import { doneHere } from '../http/done.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import { wearBrand } from '../http/worn-brand.ts';
import { listThread, loadMessage } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { threadEntries } from './thread.ts';

export function writtenRoutes(site: Site): Router {
  const router = Router();

  router.get('/written/:id', async (req, res) => {
    const session = checkSignedIn(req);
    const { id } = req.params;
    const row = isMessageId(id) ? await loadMessage(site.db, id) : undefined;
    // Somebody else's is the same as none.
    if (row?.kind !== 'reply' || row.sender_index !== session.addressIndex) throw noSuchPage();
    wearBrand(req, row.brand);
    checkReadable(row, asWriter, isoNow(site.clock));
    const { words } = visitOf(req);
    const { meta } = openMessage(site.vault, row);
    const rows = [row, ...(await listThread(site.db, row.thread_id, row.id))];
    const subject = subjectWords(meta.subject, words);
    await sendPage(site, req, res, {
      name: 'written',
      title: subject,
      at: 'inbox',
      ...(doneHere(site, req) === undefined ? {} : { done: words.say('writing.done') }),
      model: {
        subject,
        to: meta.to.map(person),
        // This page hinders neither copying nor printing.
        thread: await threadEntries(site, words, { session, lets: pageRights }, rows),
      },
    });
  });

  return router;
}
