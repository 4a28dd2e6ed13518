// Owns answering in the portal: text and files become a submission and take the same road in as any mail.

import { Router } from 'express';
import type { Request } from 'express';
import { domainOf } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { isRefusal, toldIn } from '../core/errors.ts';
import { checkRight } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { doneUrl } from '../http/done.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import type { Accept, Content } from '../ingest/submission.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { replySubject } from '../mail/reply-subject.ts';
import { writtenTree } from '../mail/written-tree.ts';
import { holdDrafts, removeDrafts } from '../messages/drafts.store.ts';
import { openRecipient } from '../messages/open.ts';
import { markReplied } from '../messages/recipient-progress.store.ts';
import type { BodyDeps } from './message-body.ts';
import { otherReaders } from './message.model.ts';
import { sendMessage } from './message.routes.ts';
import { checkStillReadable, startReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { keepAnswer } from './set-aside.ts';
import { onceOf, readTypedFields, readTypedMail, repeatKeyOf } from '../http/typed-mail.ts';
import { wantsJson } from '../http/wants-json.ts';
import { tellOfAnswer } from './tell-sender.ts';

export interface ReplyDeps extends BodyDeps {
  readonly accept: Accept;
}

export function replyRoutes(deps: ReplyDeps): Router {
  const { site } = deps;
  const router = Router();

  router.post('/messages/:id/reply', async (req, res) => {
    if (visitOf(req).session === undefined) {
      await keepAnswer(site, req, res, async (checkToken) => {
        const typed = await readTypedFields(req, site.messageBytesMax, checkToken);
        return { text: typed.get('text') ?? '', all: isToAll(typed) };
      });
      return;
    }
    const reading = await startReading(site, req);
    checkRight(reading.message.row, 'reply');
    const fields = new Map<string, string>();
    try {
      await submitReply(deps, req, reading, fields);
    } catch (error) {
      // What was typed is shown again with what was wrong with it.
      if (!isRefusal(error, 'request/malformed', 'mail/too-large', 'mail/recipients')) throw error;
      const told = toldIn(visitOf(req).words, error);
      const status = isRefusal(error, 'mail/too-large') ? 413 : 422;
      if (wantsJson(req)) {
        res.status(status).json({ error: told });
        return;
      }
      await sendMessage(deps, req, res, reading, {
        retry: { reply: { text: fields.get('text') ?? '', all: isToAll(fields), error: told } },
        status,
      });
      return;
    }
    const next = doneUrl(site, req, `${site.base}/messages/${reading.message.row.id}`, 'replied');
    if (wantsJson(req)) res.json({ next });
    else res.redirect(303, next);
  });

  return router;
}

async function submitReply(
  deps: ReplyDeps,
  req: Request,
  reading: Reading,
  fields: Map<string, string>,
): Promise<void> {
  const { site } = deps;
  const { row } = reading.message;
  await deps.accept({
    road: 'portal',
    from: reading.session.address,
    read: (sink) => readReply(site, req, reading, fields, sink),
    fields: () => [],
    answer: {
      answered: reading.message,
      isSender: (address) => site.orgDomains.includes(domainOf(address)),
    },
    actor: reading.session.address,
    alongside: async (tx, id) => {
      // The files may have taken minutes to arrive.
      await checkStillReadable(tx, site.clock, reading);
      await holdDrafts(tx, reading.session.addressIndex);
      await markReplied(tx, reading.recipient.id, isoNow(site.clock), onceOf(fields));
      await removeDrafts(tx, reading.recipient.id);
      await tellOfAnswer(site, tx, row);
      await appendAudit(site.vault, tx, {
        event: 'message-replied',
        messageId: row.id,
        recipientId: reading.recipient.id,
        details: { answer: id, address: reading.session.address, network: visitOf(req).network },
      });
    },
  });
}

async function readReply(
  site: Site,
  req: Request,
  reading: Reading,
  fields: Map<string, string>,
  sink: PartSink,
): Promise<Content> {
  const { text, html, parts, digest: digestWith } = await readTypedMail(req, site.messageBytesMax, fields, sink);
  const all = isToAll(fields);
  if (all) checkRight(reading.message.row, 'reply-all');
  const digest = digestWith(all);
  const { meta } = reading.message;
  const to = [meta.from, ...(all ? otherReaders(reading) : [])];
  return {
    digest,
    recipients: to,
    repeatKey: repeatKeyOf(`reply ${reading.recipient.id}`, fields, digest),
    tree: writtenTree({
      from: { address: reading.session.address, name: openRecipient(reading.message, reading.recipient).name },
      to,
      subject: replySubject(meta.subject),
      sentAt: isoNow(site.clock),
      inReplyTo: meta.mailId,
      text,
      html,
      parts,
    }),
  };
}

function isToAll(fields: ReadonlyMap<string, string>): boolean {
  return fields.get('all') === '1';
}
