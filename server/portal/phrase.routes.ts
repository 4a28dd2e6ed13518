// Owns the steps that a message may ask for beyond signing in: its access phrase, and a code for who came in another
// way. The other ways have routes of their own.

import { Router } from 'express';
import { z } from 'zod';
import { AppError, isRefusal, toldIn } from '../core/errors.ts';
import { missingProofs } from '../access/proving.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Tx } from '../db/engine.ts';
import { readForm } from '../http/forms.ts';
import { setRetryAfter } from '../http/problems.ts';
import { provedFor } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import { openMessage } from '../messages/open.ts';
import { tryPhrase } from '../signin/phrases.ts';
import { requestCode, signInByCode, waitingFor } from './code-steps.ts';
import { findReadable } from './reading.ts';
import type { Readable } from './reading.ts';
import { sendStepUp } from './step-up.ts';
import { sendStatus, sendWaitingPage, stillWaiting } from './waiting-page.ts';
import type { WaitingPlace } from './waiting-page.ts';

const nothing = z.object({});
const codeForm = z.object({ code: z.string().max(100).default('') });
const phraseForm = z.object({ phrase: z.string().max(1_000).default('') });

export function phraseRoutes(site: Site): Router {
  const router = Router();

  router.post('/messages/:id/phrase', async (req, res) => {
    const { phrase } = readForm(req, phraseForm);
    const readable = await findReadable(site, req);
    const { session, recipient, message } = readable;
    const path = `${site.base}/messages/${message.id}`;
    const missing = missingProofs(message, recipient, await provedFor(site.db, session, message));
    if (missing[0] !== 'phrase') {
      // Nothing is missing any more, or something else first: the page says what.
      res.redirect(303, path);
      return;
    }
    const write = (event: AuditEvent) => (tx: Tx) =>
      appendAudit(site.vault, tx, {
        event,
        messageId: message.id,
        recipientId: recipient.id,
        details: { address: session.address, network: visitOf(req).network },
      });
    const ask = {
      phraseId: message.phrase_id ?? '',
      recipientId: recipient.id,
      sessionHash: session.tokenHash,
      phrase,
    };
    try {
      await tryPhrase(site.signin, ask, { given: write('phrase-given'), wrong: write('phrase-refused') });
    } catch (error) {
      if (!isRefusal(error, 'signin/phrase-refused', 'request/too-many')) throw error;
      setRetryAfter(res, error);
      const refusal = isRefusal(error, 'request/too-many') ? tooMany(site, readable, error) : error;
      await sendStepUp(site, req, res, readable, refusal);
      return;
    }
    res.redirect(303, path);
  });

  router.post('/messages/:id/prove/passcode', async (req, res) => {
    readForm(req, nothing);
    const readable = await findReadable(site, req);
    const place = placeOf(site, readable);
    try {
      await requestCode(site, req, place.purpose, readable.session.address);
    } catch (error) {
      await stillWaiting(site, req, res, place, error);
      return;
    }
    res.redirect(303, `${place.path}/verify`);
  });

  router.get('/messages/:id/prove/verify', async (req, res) => {
    const readable = await findReadable(site, req);
    const waiting = await waitingFor(site, req, readable.recipient.id);
    if (waiting === undefined) {
      res.redirect(303, `${site.base}/messages/${readable.message.id}`);
      return;
    }
    await sendWaitingPage(site, req, res, placeOf(site, readable), waiting);
  });

  router.get('/messages/:id/prove/verify/status', async (req, res) => {
    await sendStatus(site, req, res, placeOf(site, await findReadable(site, req)));
  });

  router.post('/messages/:id/prove/verify', async (req, res) => {
    const { code } = readForm(req, codeForm);
    const readable = await findReadable(site, req);
    const path = `${site.base}/messages/${readable.message.id}`;
    try {
      await signInByCode(site, req, res, readable.recipient.id, code);
    } catch (error) {
      if (!isRefusal(error, 'signin/code-refused')) throw error;
      const waiting = await waitingFor(site, req, readable.recipient.id);
      if (waiting === undefined) {
        await sendStepUp(site, req, res, readable, error);
        return;
      }
      const problem = { error: toldIn(visitOf(req).words, error), status: 422 };
      await sendWaitingPage(site, req, res, placeOf(site, readable), waiting, problem);
      return;
    }
    res.redirect(303, path);
  });

  return router;
}

// Waiting is one help; the sender, who can say the phrase or change it, is the other.
function tooMany(site: Site, { message }: Readable, { retryAfterSeconds = 0 }: AppError): AppError {
  const sender = openMessage(site.vault, message).meta.from.address;
  const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
  return new AppError('request/too-many', sentence('ways.phrase-many', { minutes, sender }), { retryAfterSeconds });
}

function placeOf(site: Site, { recipient, message }: Readable): WaitingPlace {
  const back = `${site.base}/messages/${message.id}`;
  return { door: 'link', purpose: recipient.id, path: `${back}/prove`, back, others: {} };
}
