// Owns the pages of those in the organisation who may let a held message go: the list of what waits for them, one message with its
// files, and their answer. To all others there is no such page.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { isRefusal, toldIn } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { ViewDeps } from '../http/file-views.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkSender, mayHere, visitOf } from '../http/visit.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import type { HtmlCleaner } from '../mail/safe-html.ts';
import { listOpenHoldsFor, listOpenHoldsOfOthers } from '../messages/holds.store.ts';
import { approvalPage, approvalRows } from './approvals.model.ts';
import { findHold, isOver } from './find-hold.ts';
import type { FoundHold } from './find-hold.ts';
import { heldFiles } from './held-files.ts';
import { settleHold } from './settle-hold.ts';

const ROWS_MAX = 100;
const WORD_CHARACTERS_MAX = 1_000;

const nothing = z.object({});
const answerForm = z.object({
  answer: z.enum(['release', 'refuse']),
  word: z.string().max(WORD_CHARACTERS_MAX).default(''),
});

export interface ApprovalDeps extends ViewDeps {
  readonly cleaner: HtmlCleaner;
}

export function approvalRoutes(deps: ApprovalDeps): Router {
  const { site } = deps;
  const files = heldFiles(deps);
  const router = Router();

  router.get('/approvals', async (req, res) => {
    const session = checkSender(site, req);
    const { words } = visitOf(req);
    const list = mayHere(req, 'held:answer') ? listOpenHoldsOfOthers : listOpenHoldsFor;
    const holds = await list(site.db, session.addressIndex, ROWS_MAX);
    await sendPage(site, req, res, {
      name: 'approvals',
      title: words.say('approval.title'),
      ...doneWords(site, req),
      model: { rows: await approvalRows(site, words, holds) },
    });
  });

  router.get('/approvals/:hid', async (req, res) => {
    const found = await findHold(site, req);
    await noteReading(site, found);
    await sendApproval(deps, req, res, found);
  });

  router.get('/approvals/:hid/attachments/:n/pages/:page', (req, res) => files.sendImage(req, res));

  router.get('/approvals/:hid/attachments/:n', async (req, res) => {
    if (req.query['view'] === '1') return files.sendView(req, res);
    await findHold(site, req);
    // Looked at is all that it is: there is no taking it.
    throw noSuchPage();
  });

  router.post('/approvals/:hid', async (req, res) => {
    readForm(req, nothing);
    // First whether there is such a hold: what is wrong with the form is said to an approver only.
    const found = await findHold(site, req);
    const { answer, word } = readForm(req, answerForm);
    const state = answer === 'release' ? 'released' : 'refused';
    try {
      const by = found.session.address;
      await settleHold(site, { holdId: found.hold.id, state, by, word: cleanBodyText(word).trim() });
    } catch (error) {
      if (!isRefusal(error, 'request/conflict') && !isRefusal(error, 'request/gone')) throw error;
      await sendApproval(deps, req, res, await findHold(site, req), toldIn(visitOf(req).words, error));
      return;
    }
    site.kick();
    leadDone(site, req, res, `${site.base}/approvals`, state);
  });

  return router;
}

// Before anything of it is shown: who looked into somebody's mail stands in the log.
async function noteReading(site: Site, { session, hold, message }: FoundHold): Promise<void> {
  if (hold.state !== 'open' || isOver(site, message)) return;
  await inTransaction(site.db, (tx) =>
    appendAudit(site, tx, {
      event: 'held-message-read',
      messageId: message.id,
      details: { actor: session.address, rule: hold.rule_id },
    }),
  );
}

async function sendApproval(
  deps: ApprovalDeps,
  req: Request,
  res: Response,
  found: FoundHold,
  error?: string,
): Promise<void> {
  const { words } = visitOf(req);
  await sendPage(deps.site, req, res, {
    name: 'approval',
    title: words.say('approval.title'),
    model: {
      ...(await approvalPage(deps, words, found.hold, found.message)),
      ...(error === undefined ? {} : { error }),
    },
    ...(error === undefined ? {} : { status: 409 }),
  });
}

function doneWords(site: Site, req: Request): { done?: string } {
  const { words } = visitOf(req);
  const done = doneHere(site, req);
  if (done === 'released') return { done: words.say('approval.done-released') };
  return done === 'refused' ? { done: words.say('approval.done-refused') } : {};
}
