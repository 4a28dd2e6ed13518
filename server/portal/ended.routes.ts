// Owns what is said of a message that can no longer be read, to somebody it was for: what happened, since when, whom to
// ask; and asking its sender for more time. Of the message itself nothing is opened but who sent it.

import { Router } from 'express';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { z } from 'zod';
import { domainOf } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { readability } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { newId } from '../crypto/random.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import { openMessage } from '../messages/open.ts';
import { insertRequest, latestRequest } from '../messages/requests.store.ts';
import { isOverdue } from '../messages/retention.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { endedPage } from './ended.model.ts';
import { findOwn, messageIdIn } from './reading.ts';
import type { Readable } from './reading.ts';

/** A sender must not be pressed, whoever answers them with no. */
const requestsPerReader: Limit = { name: 'requests per reader', most: 20, windowMs: DAY_MS };
const requestsPerCopy: Limit = { name: 'requests per copy', most: 3, windowMs: 7 * DAY_MS };

const nothing = z.object({});

export function endedRoutes(site: Site): Router {
  const router = Router();

  router.post('/messages/:id/more-time', async (req, res) => {
    readForm(req, nothing);
    const own = await findOwn(site, req, req.params.id);
    if (own === undefined) throw noSuchPage();
    // Of one that can be read nothing has to be asked: its page is the answer.
    const ended = endedOf(site, own);
    if (ended !== undefined && mayAsk(site, ended)) await ask(site, req, ended);
    leadDone(site, req, res, `${site.base}/messages/${own.message.id}`, 'asked');
  });

  return router;
}

export interface Ended {
  readonly message: MessagesTable;
  readonly recipient: RecipientsTable;
  readonly state: 'expired' | 'revoked' | 'destroyed';
  /** Undefined when nothing of the message opens any more. */
  readonly sender: Mailbox | undefined;
}

/** Whatever route of a message finds that it is over: this page is better than the one that knows no more than that. */
export function explainEnded(site: Site): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return async (error: unknown, req, res, next) => {
    const id = isRefusal(error, 'request/gone') && !res.headersSent ? messageIdIn(req) : undefined;
    const own = id === undefined ? undefined : await findOwn(site, req, id);
    const ended = own === undefined ? undefined : endedOf(site, own);
    if (ended === undefined) next(error);
    else await sendEnded(site, req, res, ended);
  };
}

async function sendEnded(site: Site, req: Request, res: Response, ended: Ended): Promise<void> {
  const { words } = visitOf(req);
  const request = await latestRequest(site.db, ended.message.id, ended.recipient.id);
  const isOpen = request?.state === 'open';
  await sendPage(site, req, res, {
    name: 'ended',
    title: words.say('problem.gone'),
    status: 410,
    at: 'inbox',
    model: endedPage(site, words, ended, { request, mayAsk: !isOpen && mayAsk(site, ended) }),
    done: doneHere(site, req) === 'asked' && isOpen ? words.say('ended.asked-done') : undefined,
  });
}

function endedOf(site: Site, { message, recipient }: Readable): Ended | undefined {
  const state = readability(message, recipient, isoNow(site.clock));
  if (state === 'readable') return undefined;
  const open = message.destroyed_at === null ? unlessBroken(() => openMessage(site.vault, message)) : undefined;
  return { message, recipient, state, sender: open?.meta.from };
}

// Those outside wrote in the portal and have no page to decide on; what is due to be shredded stays so.
function mayAsk(site: Site, { message, state, sender }: Ended): boolean {
  if (state !== 'expired' || sender === undefined || isOverdue(message, isoNow(site.clock))) return false;
  return message.kind === 'mail' && site.orgDomains.includes(domainOf(sender.address));
}

async function ask(site: Site, req: Request, { message, recipient }: Ended): Promise<void> {
  const { network } = visitOf(req);
  const { address, addressIndex } = checkSignedIn(req);
  // Pressing twice is no second request, and is not counted as one.
  if ((await latestRequest(site.db, message.id, recipient.id))?.state === 'open') return;
  await chargeAll(site, [
    [requestsPerReader, addressIndex],
    [requestsPerCopy, recipient.id],
  ]).catch((error: unknown) => {
    if (!isRefusal(error, 'request/too-many')) throw error;
    const { retryAfterSeconds } = error;
    throw new AppError('request/too-many', sentence('ended.too-many'), {
      detail: error.detail ?? '',
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  });
  await inTransaction(site.db, async (tx) => {
    const id = newId(site.clock);
    const row = { id, message_id: message.id, recipient_id: recipient.id, created_at: isoNow(site.clock) };
    if (!(await insertRequest(tx, row))) return;
    const who = { messageId: message.id, recipientId: recipient.id };
    await enqueue(site.vault, tx, { kind: 'request', ...who, payload: { requestId: id } });
    await appendAudit(site.vault, tx, { event: 'more-time-asked', ...who, details: { by: address, network } });
  });
  site.kick();
}
