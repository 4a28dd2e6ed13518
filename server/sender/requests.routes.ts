// Owns the sender's page about one request for more time, and what is decided on it.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { nameOf } from '../core/address.ts';
import { justBefore } from '../core/clock.ts';
import { isRefusal, toldIn } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { endOf } from '../access/reading.ts';
import type { MessagesTable, RecipientsTable, RequestsTable } from '../db/tables/messages.ts';
import { leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { subjectWords } from '../http/message-views.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { dayAt, momentAt, said } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { listRecipients, loadRecipient } from '../messages/recipients.store.ts';
import { loadRequest } from '../messages/requests.store.ts';
import type { RequestPage } from '../render/page-models/sent.ts';
import type { Session } from '../signin/sessions.store.ts';
import { endOfDay } from './more-time.ts';
import type { MoreTime } from './more-time.ts';
import { drawnToPolicyEnd, isBeyondPolicyEnd, policyEndSentence } from './policy-end.ts';
import { startManaging } from './managing.ts';

const DAYS = [7, 14, 30] as const;
const CHOSEN_DAYS = 14;
const WORD_CHARACTERS_MAX = 1_000;

const nothing = z.object({});
const decisionForm = z.discriminatedUnion('decision', [
  z.object({
    decision: z.literal('give'),
    days: z.enum(['7', '14', '30']).transform(Number),
    whom: z.enum(['reader', 'all']).default('reader'),
  }),
  z.object({ decision: z.literal('refuse'), word: z.string().max(WORD_CHARACTERS_MAX).default('') }),
]);

export function requestRoutes({ site, moreTime }: { readonly site: Site; readonly moreTime: MoreTime }): Router {
  const router = Router();

  router.get('/sent/:id/requests/:rid', async (req, res) => {
    await sendRequest(site, req, res, await findRequest(site, req));
  });

  router.post('/sent/:id/requests/:rid', async (req, res) => {
    readForm(req, nothing);
    // First whether there is such a request: what is wrong with the form is said to its sender only.
    const found = await findRequest(site, req);
    const form = readForm(req, decisionForm);
    const { message, request, session } = found;
    const change = { messageId: message.id, actor: session.address, recipientId: request.recipient_id };
    try {
      if (form.decision === 'give') await moreTime.give(change, request, form.days, form.whom);
      else await moreTime.refuse(change, request, cleanBodyText(form.word).trim());
    } catch (error) {
      if (!isRefusal(error, 'request/conflict', 'policy/refused')) throw error;
      // Somebody was quicker, perhaps in another window of the same person: the page says what they decided.
      await sendRequest(site, req, res, await findRequest(site, req), {
        status: error.code === 'request/conflict' ? 409 : 422,
        error: toldIn(visitOf(req).words, error),
      });
      return;
    }
    site.kick();
    leadDone(site, req, res, `${site.base}/sent/${message.id}`, 'answered');
  });

  return router;
}

interface Found {
  readonly session: Session;
  readonly message: MessagesTable;
  readonly request: RequestsTable;
  readonly recipient: RecipientsTable;
}

async function findRequest(site: Site, req: Request): Promise<Found> {
  const { session, message } = await startManaging(site, req);
  const { rid } = req.params;
  const request = typeof rid === 'string' && isId(rid) ? await loadRequest(site.db, rid) : undefined;
  const recipient = request === undefined ? undefined : await loadRecipient(site.db, request.recipient_id);
  if (request?.message_id !== message.id || recipient === undefined || message.destroyed_at !== null) {
    throw noSuchPage();
  }
  return { session, message, request, recipient };
}

async function sendRequest(
  site: Site,
  req: Request,
  res: Response,
  found: Found,
  problem: { readonly status?: number; readonly error?: string } = {},
): Promise<void> {
  const { words } = visitOf(req);
  const { error, status } = problem;
  await sendPage(site, req, res, {
    name: 'request',
    title: words.say('request.title'),
    at: 'sent',
    model: { ...(await requestPage(site, words, found)), ...(error === undefined ? {} : { error }) },
    ...(status === undefined ? {} : { status }),
  });
}

async function requestPage(site: Site, words: Words, { message, request, recipient }: Found): Promise<RequestPage> {
  const open = openMessage(site.vault, message);
  const card = openRecipient(open, recipient);
  const end = endOf(message, recipient);
  const path = `${site.base}/sent/${message.id}`;
  const decided = decidedWords(words, request);
  const possible = DAYS.filter((one) => one <= site.expiryDaysMax);
  const days = possible.filter((one) => canBeGiven(site, message, one));
  const chosen = days.findLast((one) => one <= CHOSEN_DAYS);
  const bound = days.length < possible.length ? policyEndSentence(message) : undefined;
  return {
    reader: nameOf(card),
    readerAddress: card.address,
    subject: subjectWords(open.meta.subject, words),
    asked: said(words, dayAt(request.created_at)),
    ...(end === null ? {} : { openUntil: said(words, momentAt(justBefore(end))) }),
    ...(end !== null && Date.parse(end) <= site.clock.nowMs() ? { isOver: true } : {}),
    action: `${path}/requests/${request.id}`,
    backUrl: path,
    ...(decided === undefined
      ? {
          choices: {
            days: days.map((value) => ({
              value,
              label: words.say('request.days-some', { days: value }),
              chosen: value === chosen,
            })),
            many: (await listRecipients(site.db, message.id)).length > 1,
          },
          ...(bound === undefined ? {} : { bound: words.tell(bound.key, bound.given) }),
        }
      : { decided }),
  };
}

function canBeGiven(site: Site, message: MessagesTable, days: number): boolean {
  return !isBeyondPolicyEnd(message, drawnToPolicyEnd(message, endOfDay(site, days)));
}

function decidedWords(words: Words, { state, answered_at: at, expires_at: until }: RequestsTable): Told | undefined {
  if (state === 'open' || at === null) return undefined;
  const day = dayAt(at);
  if (state === 'refused' || until === null) return words.tell('request.is-refused', { day });
  return words.tell('request.is-given', { day, until: dayAt(justBefore(until)) });
}
