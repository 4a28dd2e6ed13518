// Owns keeping what a reader has typed and not sent yet: by a button, and by a script every few seconds.

import { Router } from 'express';
import { z } from 'zod';
import { HOUR_MS } from '../core/clock.ts';
import { AppError, isRefusal, toldIn } from '../core/errors.ts';
import { checkRight } from '../access/reading.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { statusOf } from '../http/problems.ts';
import { visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { removeDrafts, saveDraft } from '../messages/drafts.store.ts';
import type { Draft } from '../messages/drafts.store.ts';
import type { Site } from '../http/site.ts';
import type { BodyDeps } from './message-body.ts';
import { sendMessage } from './message.routes.ts';
import { checkStillReadable, startReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { keepAnswer } from './set-aside.ts';
import { wantsJson } from '../http/wants-json.ts';

const DRAFT_BYTES_MAX = 60_000;
/** The script saves every five seconds at most. */
const savesPerReader: Limit = { name: 'drafts per reader', most: 1_500, windowMs: HOUR_MS };

const draftForm = z.object({
  text: z.string().default(''),
  all: z.string().max(10).default(''),
  do: z.enum(['save', 'discard']).default('save'),
  once: z.string().max(100).optional(),
});

export function draftRoutes(deps: BodyDeps): Router {
  const { site } = deps;
  const router = Router();

  router.post('/messages/:id/draft', async (req, res) => {
    if (visitOf(req).session === undefined) {
      await keepAnswer(site, req, res, (checkToken) => Promise.resolve(typedIn(readForm(req, draftForm, checkToken))));
      return;
    }
    const form = readForm(req, draftForm);
    const reading = await startReading(site, req);
    checkRight(reading.message.row, 'reply');
    const typed = typedIn(form);
    const isDiscarded = form.do === 'discard' || typed.text.trim() === '';
    try {
      if (isDiscarded) await removeDrafts(site.db, reading.recipient.id);
      else await save(site, reading, typed, form.once);
    } catch (error) {
      if (!isRefusal(error, 'request/malformed', 'request/conflict', 'mail/too-large')) throw error;
      const status = statusOf[error.code];
      const told = toldIn(visitOf(req).words, error);
      if (wantsJson(req)) res.status(status).json({ error: told });
      else await sendMessage(deps, req, res, reading, { retry: { reply: { ...typed, error: told } }, status });
      return;
    }
    if (wantsJson(req)) res.status(200).json({ saved: !isDiscarded });
    else {
      const done = isDiscarded ? 'draft-discarded' : 'draft-saved';
      leadDone(site, req, res, `${site.base}/messages/${reading.message.row.id}`, done);
    }
  });

  return router;
}

async function save(site: Site, reading: Reading, typed: Draft, form: string | undefined): Promise<void> {
  if (Buffer.byteLength(typed.text) > DRAFT_BYTES_MAX) {
    throw new AppError('mail/too-large', sentence('reading.draft-too-large', { size: { bytes: DRAFT_BYTES_MAX } }));
  }
  await chargeAll(site, [[savesPerReader, reading.session.addressIndex]]);
  const saved = await inTransaction(site.db, async (tx) => {
    await checkStillReadable(tx, site.clock, reading);
    return saveDraft(tx, site.clock, reading, typed, form);
  });
  if (saved === 'full') throw new AppError('request/malformed', sentence('reading.drafts-too-many'));
  // Only its draft was slow: it would stand in the reply again as if it had not been sent.
  if (saved === 'sent') throw new AppError('request/conflict', sentence('reading.draft-sent'));
}

function typedIn({ text, all }: z.infer<typeof draftForm>): Draft {
  return { text: cleanBodyText(text), all: all === '1' };
}
