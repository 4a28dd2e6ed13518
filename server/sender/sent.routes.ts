// Owns the pages of one sent message: what became of it, and taking it back. A message that somebody
// else sent is the same page as one that does not exist.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError, isRefusal } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { parsePhrase } from '../core/phrase.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { hashPhrase } from '../signin/phrases.ts';
import type { Key } from '../language/catalogue.ts';
import { sentence } from '../language/words.ts';
import type { Sentence } from '../language/words.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { parseExpiry } from '../policy/expiry.ts';
import type { Change, Changed } from './changing.ts';
import { startManaging } from './managing.ts';
import type { Managing } from './managing.ts';
import { sentMessagePage, sentSubject } from './sent.model.ts';
import type { TakeBack } from './take-back.ts';
import { undoIn, undoOfExpiry, undoOfPlaces, undoQuery } from './undo.ts';

export interface SenderDeps {
  readonly site: Site;
  readonly takeBack: TakeBack;
}

const place = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number);
const places = z.union([place.transform((one) => [one]), z.array(place)]);
/** The change that an undoing knows of. */
const after = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional();
const revokeForm = z.object({ recipient: places.optional(), destroy: z.literal('1').optional(), after });
const restoreForm = z.object({ recipient: places.optional(), after });
const resendForm = z.object({ recipient: places.optional() });
const phraseForm = z.object({ phrase: z.string().max(1_000).default('') });
const expiryForm = z.object({ expires: z.string().max(40), after });

export function sentRoutes(deps: SenderDeps): Router {
  const { site } = deps;
  const router = Router();

  router.get('/sent/:id', async (req, res) => {
    await sendMessage(site, req, res, await startManaging(site, req));
  });

  router.get('/sent/:id/destroy', async (req, res) => {
    const { message } = await startManaging(site, req);
    const { words } = visitOf(req);
    await sendPage(site, req, res, {
      name: 'destroy',
      title: words.say('sending.destroy-title'),
      at: 'sent',
      model: {
        subject: sentSubject(site, words, message),
        recipients: (await listAllRecipients(site.db, message.id)).length,
        action: `${site.base}/sent/${message.id}/revoke`,
        backUrl: `${site.base}/sent/${message.id}`,
      },
    });
  });

  router.post('/sent/:id/revoke', async (req, res) => {
    const form = readForm(req, revokeForm);
    const managing = await startManaging(site, req);
    const { message, session } = managing;
    const change = changeBy(managing, form.after);
    if (form.destroy === '1') {
      await deps.takeBack.destroy(change);
      leadDone(site, req, res, `${site.base}/sent/${message.id}`, 'destroyed');
      return;
    }
    const places = form.recipient ?? 'all';
    const made = await unlessOvertaken(site, req, res, () => deps.takeBack.takeBack(change, places));
    if (made === undefined) return;
    const undo = undoQuery(site, session, message.id, undoOfPlaces('revoke', made), made);
    leadDone(site, req, res, `${site.base}/sent/${message.id}`, made.count > 0 ? 'revoked' : 'unchanged', undo);
  });

  router.post('/sent/:id/restore', async (req, res) => {
    const form = readForm(req, restoreForm);
    const managing = await startManaging(site, req);
    const { message, session } = managing;
    const change = changeBy(managing, form.after);
    const places = form.recipient ?? 'all';
    const made = await unlessOvertaken(site, req, res, () => deps.takeBack.giveBack(change, places));
    if (made === undefined) return;
    const undo = undoQuery(site, session, message.id, undoOfPlaces('restore', made), made);
    leadDone(site, req, res, `${site.base}/sent/${message.id}`, made.count > 0 ? 'restored' : 'unchanged', undo);
  });

  router.post('/sent/:id/resend', async (req, res) => {
    const form = readForm(req, resendForm);
    const { message, session } = await startManaging(site, req);
    const change = { messageId: message.id, actor: session.address };
    const { count } = await deps.takeBack.resend(change, form.recipient ?? 'all');
    site.kick();
    leadDone(site, req, res, `${site.base}/sent/${message.id}`, count > 0 ? 'resent' : 'resent-none');
  });

  router.post('/sent/:id/expiry', async (req, res) => {
    const { expires, after } = readForm(req, expiryForm);
    const managing = await startManaging(site, req);
    const { message, session } = managing;
    const range = sentence('sending.end-range', { days: site.expiryDaysMax });
    try {
      const at = parseExpiry(expires, site.clock.nowMs());
      if (at === undefined) throw new AppError('policy/unknown-value', range);
      const change = changeBy(managing, after);
      const made = await unlessOvertaken(site, req, res, () => deps.takeBack.changeExpiry(change, at));
      if (made === undefined) return;
      const undo = undoQuery(site, session, message.id, undoOfExpiry(made), made);
      leadDone(site, req, res, `${site.base}/sent/${message.id}`, 'expiry', undo);
    } catch (error) {
      if (!isRefusal(error, 'policy/unknown-value', 'policy/refused')) throw error;
      const problem = error.code === 'policy/refused' ? (error.sentence ?? range) : range;
      await sendMessage(site, req, res, managing, { problem, status: 422 });
    }
  });

  router.post('/sent/:id/phrase', async (req, res) => {
    const form = readForm(req, phraseForm);
    const managing = await startManaging(site, req);
    const { message, session } = managing;
    const phrase = parsePhrase(form.phrase);
    if (phrase === undefined) {
      const most = { least: limits.phraseCharactersMin, most: limits.phraseCharactersMax };
      await sendMessage(site, req, res, managing, { problem: sentence('phrase.length', most), status: 422 });
      return;
    }
    const change = { messageId: message.id, actor: session.address };
    await deps.takeBack.changePhrase(change, await hashPhrase(site.signin, phrase));
    leadDone(site, req, res, `${site.base}/sent/${message.id}`, 'phrase');
  });

  return router;
}

function changeBy({ message, session }: Managing, after: number | undefined): Change {
  return { messageId: message.id, actor: session.address, ...(after === undefined ? {} : { after }) };
}

/** What was undone; undefined when somebody else was quicker, which the page then says beside how it stands now. */
async function unlessOvertaken(
  site: Site,
  req: Request,
  res: Response,
  change: () => Promise<Changed>,
): Promise<Changed | undefined> {
  try {
    return await change();
  } catch (error) {
    if (!isRefusal(error, 'request/conflict')) throw error;
    const problem = sentence('undo.overtaken');
    await sendMessage(site, req, res, await startManaging(site, req), { problem, status: 409 });
    return undefined;
  }
}

/** The message's page, with what was done or, with `refused`, what could not be. */
async function sendMessage(
  site: Site,
  req: Request,
  res: Response,
  { message, session, mailbox }: Managing,
  refused?: { readonly problem: Sentence; readonly status: number },
): Promise<void> {
  const { words } = visitOf(req);
  const model = await sentMessagePage(site, words, message, session, mailbox);
  await sendPage(site, req, res, {
    name: 'sent-message',
    title: model.subject,
    at: 'sent',
    ...(refused === undefined
      ? { model, done: doneSentence(site, req), undo: undoIn(site, session, message.id, req.query['undo']) }
      : { model: { ...model, error: words.say(refused.problem.key, refused.problem.given) }, status: refused.status }),
  });
}

const doneKeys: Readonly<Record<string, Key>> = {
  revoked: 'sending.done-revoked',
  restored: 'sending.done-restored',
  unchanged: 'sending.done-unchanged',
  destroyed: 'sending.done-destroyed',
  expiry: 'sending.done-end',
  phrase: 'phrase.done',
  resent: 'request.resent',
  'resent-none': 'request.resent-none',
  answered: 'request.answered',
  composed: 'compose.done',
  'composed-held': 'compose.done-held',
};

function doneSentence(site: Site, req: Request): string | undefined {
  const done = doneHere(site, req);
  const key = done !== undefined && Object.hasOwn(doneKeys, done) ? doneKeys[done] : undefined;
  return key === undefined ? undefined : visitOf(req).words.say(key);
}
