// Owns answering in the portal: text and files become a submission and take the same road in as any mail.

import { Router } from 'express';
import type { Request } from 'express';
import { domainOf } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkRight } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { createSha256 } from '../crypto/digest.ts';
import type { Site } from '../http/site.ts';
import { readUpload } from '../http/uploads.ts';
import { visitOf } from '../http/visit.ts';
import type { Accept, Content } from '../ingest/submission.ts';
import type { MailPart, PartSink } from '../mail/mail-tree.ts';
import { cleanContentType, cleanFilename } from '../mail/part-names.ts';
import { openRecipient } from '../messages/open.ts';
import { markReplied } from '../messages/recipients.store.ts';
import type { BodyDeps } from './message-body.ts';
import { otherReaders } from './message.model.ts';
import { sendMessage } from './message.routes.ts';
import { startReading } from './reading.ts';
import type { Reading } from './reading.ts';

export interface ReplyDeps extends BodyDeps {
  readonly accept: Accept;
}

const REPLY_FILES_MAX = 50;
const REPLY_TEXT_BYTES_MAX = 200_000;
const ONCE = /^[A-Za-z0-9_-]{22}$/;

export function replyRoutes(deps: ReplyDeps): Router {
  const { site } = deps;
  const router = Router();

  router.post('/messages/:id/reply', async (req, res) => {
    const reading = await startReading(site, req);
    checkRight(reading.message.row, 'reply');
    const form: ReplyForm = { text: '', all: false, once: undefined };
    try {
      await submitReply(deps, req, reading, form);
    } catch (error) {
      // What was typed is shown again with what was wrong with it.
      if (!isRefusal(error, 'request/malformed', 'mail/too-large', 'mail/recipients')) throw error;
      await sendMessage(deps, req, res, reading, {
        retry: { reply: { text: form.text, error: error.message } },
        status: isRefusal(error, 'mail/too-large') ? 413 : 422,
      });
      return;
    }
    res.redirect(303, `${site.base}/messages/${reading.message.row.id}?done=replied`);
  });

  return router;
}

/** Filled while the form is read, so that what was typed is there when the rest fails. */
interface ReplyForm {
  text: string;
  all: boolean;
  once: string | undefined;
}

async function submitReply(deps: ReplyDeps, req: Request, reading: Reading, form: ReplyForm): Promise<void> {
  const { site } = deps;
  const { row, meta } = reading.message;
  await deps.accept({
    road: 'portal',
    from: reading.session.address,
    read: (sink) => readReply(site, req, reading, form, sink),
    fields: () => [],
    answer: {
      threadId: row.thread_id,
      references: [...meta.references, ...(meta.mailId === undefined ? [] : [meta.mailId])],
      protection: row.protection,
      isSender: (address) => site.orgDomains.includes(domainOf(address)),
    },
    actor: reading.session.address,
    alongside: async (tx, id) => {
      await markReplied(tx, reading.recipient.id, isoNow(site.clock));
      await appendAudit(site.vault, tx, {
        event: 'message-replied',
        messageId: row.id,
        recipientId: reading.recipient.id,
        details: { answer: id, address: reading.session.address, network: visitOf(req).network },
      });
    },
  });
}

// Reads the form: files into the sink while they arrive, fields into `form`.
async function readReply(
  site: Site,
  req: Request,
  reading: Reading,
  form: ReplyForm,
  sink: PartSink,
): Promise<Content> {
  const parts: MailPart[] = [];
  const digest = createSha256();
  const fields = await readUpload(
    req,
    { files: REPLY_FILES_MAX, bytes: site.messageBytesMax, fieldBytes: REPLY_TEXT_BYTES_MAX },
    async (file) => {
      const n = parts.length + 1;
      const contentType = cleanContentType(file.contentType);
      const part = { n, filename: cleanFilename(file.filename, n, contentType), contentType, contentId: undefined, inline: false };
      let size = 0;
      let writer: Awaited<ReturnType<PartSink['open']>> | undefined;
      for await (const chunk of file.content) {
        writer ??= await sink.open(part);
        size += chunk.length;
        digest.update(chunk);
        await writer.write(chunk);
      }
      // A browser sends an empty, nameless file for a field nobody filled in.
      if (writer === undefined && file.filename === '') return;
      writer ??= await sink.open(part);
      await writer.close();
      parts.push({ ...part, size });
    },
  );
  form.text = (fields.get('text') ?? '').replace(/\r\n?/g, '\n').trim();
  form.all = fields.get('all') === '1';
  const once = fields.get('once');
  form.once = once !== undefined && ONCE.test(once) ? once : undefined;
  if (form.text === '' && parts.length === 0) {
    throw new AppError('request/malformed', 'Write something, or add a file, before you send.');
  }
  digest.update(form.text);
  if (form.all) checkRight(reading.message.row, 'reply-all');
  const { meta } = reading.message;
  const to = [meta.from, ...(form.all ? otherReaders(reading) : [])];
  return {
    digest: digest.digest().toString('base64url'),
    recipients: to,
    repeatKey: form.once === undefined ? undefined : `reply ${reading.recipient.id} ${form.once}`,
    tree: {
      headers: [],
      from: { address: reading.session.address, name: openRecipient(reading.message, reading.recipient).name },
      to,
      cc: [],
      subject: replySubject(meta.subject),
      sentAt: isoNow(site.clock),
      mailId: undefined,
      inReplyTo: meta.mailId,
      references: [],
      automatic: false,
      text: form.text,
      html: undefined,
      parts,
    },
  };
}

/** RFC 5322 section 3.6.5: one "Re: ", however often it went to and fro. */
function replySubject(subject: string): string {
  return `Re: ${subject.replace(/^(?:re:\s*)+/i, '')}`.slice(0, limits.subjectCharactersMax);
}
