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
import { cleanBodyText } from '../mail/body-text.ts';
import type { MailPart, PartSink, PartWriter } from '../mail/mail-tree.ts';
import { cleanContentType, cleanFilename } from '../mail/part-names.ts';
import { openRecipient } from '../messages/open.ts';
import { markReplied } from '../messages/recipients.store.ts';
import type { BodyDeps } from './message-body.ts';
import { otherReaders } from './message.model.ts';
import { sendMessage } from './message.routes.ts';
import { checkStillReadable, startReading } from './reading.ts';
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
    const fields = new Map<string, string>();
    try {
      await submitReply(deps, req, reading, fields);
    } catch (error) {
      // What was typed is shown again with what was wrong with it.
      if (!isRefusal(error, 'request/malformed', 'mail/too-large', 'mail/recipients')) throw error;
      await sendMessage(deps, req, res, reading, {
        retry: { reply: { text: fields.get('text') ?? '', all: isToAll(fields), error: error.message } },
        status: isRefusal(error, 'mail/too-large') ? 413 : 422,
      });
      return;
    }
    res.redirect(303, `${site.base}/messages/${reading.message.row.id}?done=replied`);
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
  const { row, meta } = reading.message;
  await deps.accept({
    road: 'portal',
    from: reading.session.address,
    read: (sink) => readReply(site, req, reading, fields, sink),
    fields: () => [],
    answer: {
      threadId: row.thread_id,
      references: [...meta.references, ...(meta.mailId === undefined ? [] : [meta.mailId])],
      protection: row.protection,
      demands: row.demands,
      phraseId: row.phrase_id,
      isSender: (address) => site.orgDomains.includes(domainOf(address)),
    },
    actor: reading.session.address,
    alongside: async (tx, id) => {
      // The files may have taken minutes to arrive.
      await checkStillReadable(tx, site.clock, reading);
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

// Reads the form: files into the sink while they arrive, all else into `fields`.
async function readReply(
  site: Site,
  req: Request,
  reading: Reading,
  fields: Map<string, string>,
  sink: PartSink,
): Promise<Content> {
  const parts: MailPart[] = [];
  const hash = createSha256();
  const most = { files: REPLY_FILES_MAX, bytes: site.messageBytesMax, fieldBytes: REPLY_TEXT_BYTES_MAX };
  await readUpload(req, most, fields, async (file) => {
    const n = parts.length + 1;
    const contentType = cleanContentType(file.contentType);
    const filename = cleanFilename(file.filename, n, contentType);
    const part = { n, filename, contentType, contentId: undefined, inline: false };
    let size = 0;
    let writer: PartWriter | undefined;
    for await (const chunk of file.content) {
      writer ??= await sink.open(part);
      size += chunk.length;
      hash.update(chunk);
      await writer.write(chunk);
    }
    // A browser sends an empty, nameless file for a field nobody filled in.
    if (writer === undefined && file.filename === '') return;
    writer ??= await sink.open(part);
    await writer.close();
    parts.push({ ...part, size });
  });
  const text = cleanBodyText(fields.get('text') ?? '').trim();
  if (text === '' && parts.length === 0) {
    throw new AppError('request/malformed', 'Write something, or add a file, before you send.');
  }
  const all = isToAll(fields);
  if (all) checkRight(reading.message.row, 'reply-all');
  hash.update(JSON.stringify([text, all, parts]));
  const digest = hash.digest().toString('base64url');
  const { meta } = reading.message;
  const to = [meta.from, ...(all ? otherReaders(reading) : [])];
  return {
    digest,
    recipients: to,
    repeatKey: repeatKey(reading, fields, digest),
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
      text,
      html: undefined,
      parts,
    },
  };
}

/** The same form sent twice is one answer; a form that was changed in between is another. */
function repeatKey(reading: Reading, fields: ReadonlyMap<string, string>, digest: string): string | undefined {
  const once = fields.get('once');
  return once !== undefined && ONCE.test(once) ? `reply ${reading.recipient.id} ${once} ${digest}` : undefined;
}

function isToAll(fields: ReadonlyMap<string, string>): boolean {
  return fields.get('all') === '1';
}

/** RFC 5322 section 3.6.5: one "Re: ", however often it went to and fro. */
function replySubject(subject: string): string {
  return `Re: ${subject.replace(/^(?:re:\s*)+/i, '')}`.slice(0, limits.subjectCharactersMax);
}
