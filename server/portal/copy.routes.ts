// Owns a reader's own copy of a message, as a mail and as a PDF, where the rights allow all that can be done with one. Asked where
// the bytes are handed out; each taking is in the audit before the first byte leaves.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { displayLine } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { hasCode } from '../core/errors.ts';
import { checkMayTakeCopy } from '../access/reading.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { subjectWords } from '../http/message-views.ts';
import { getPart } from '../http/read-part.ts';
import { visitOf } from '../http/visit.ts';
import { composeCopy } from '../mail/compose.ts';
import { isMailId } from '../mail/compose-fields.ts';
import type { OutgoingAttachment } from '../mail/compose.ts';
import { textOfSafeHtml } from '../mail/html-text.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { moment } from '../render/moment.ts';
import { FACT_COST_MAX, heldText } from '../viewing/text-pdf.ts';
import type { PdfText } from '../viewing/text-pdf.ts';
import type { Viewer } from '../viewing/viewer.ts';
import { copiedBody } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import { readPart, startReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { recordReading } from './record-reading.ts';

export interface CopyDeps extends BodyDeps {
  readonly viewer: Viewer;
  /** Host that stands in Message-IDs made here. */
  readonly mailIdHost: string;
}

const FILENAME_CHARACTERS_MAX = 80;

export function copyRoutes(deps: CopyDeps): Router {
  const router = Router();

  router.get('/messages/:id/copy.eml', async (req, res) => {
    const reading = await startCopy(deps, req);
    await sendCopy(req, res, 'message/rfc822', `${nameOf(reading, req)}.eml`, await mailCopy(deps, req, reading));
  });

  router.get('/messages/:id/copy.pdf', async (req, res) => {
    const reading = await startCopy(deps, req);
    await sendCopy(req, res, 'application/pdf', `${nameOf(reading, req)}.pdf`, await pdfCopy(deps, req, reading));
  });

  return router;
}

async function startCopy({ site }: CopyDeps, req: Request): Promise<Reading> {
  const reading = await startReading(site, req);
  checkMayTakeCopy(reading.message.row);
  await recordReading(site, req, reading, 'copy-taken');
  return reading;
}

async function mailCopy(deps: CopyDeps, req: Request, reading: Reading): Promise<Readable> {
  const { meta, row } = reading.message;
  const { text, html, inline } = await copiedBody(deps, reading, visitOf(req).words);
  const content = async (part: MailPart): Promise<OutgoingAttachment> => ({
    filename: part.filename,
    contentType: part.contentType,
    content: readPart(deps.site, reading, await getPart(deps.site.db, reading.message, part.n)),
  });
  const attachments: OutgoingAttachment[] = [];
  const pictures: (OutgoingAttachment & { cid: string })[] = [];
  for (const part of meta.parts) {
    const cid = inline.get(part.n);
    if (cid === undefined) attachments.push(await content(part));
    else pictures.push({ ...(await content(part)), cid });
  }
  const mailId = meta.mailId !== undefined && isMailId(meta.mailId) ? meta.mailId : ownMailId(row.id, deps.mailIdHost);
  return composeCopy({
    from: meta.from,
    to: meta.to,
    cc: meta.cc,
    subject: meta.subject,
    date: new Date(meta.sentAt ?? row.created_at),
    mailId,
    references: meta.references,
    text,
    ...(html === undefined ? {} : { html }),
    inline: pictures,
    attachments,
  });
}

async function pdfCopy(deps: CopyDeps, req: Request, reading: Reading): Promise<Readable> {
  const { words } = visitOf(req);
  const { meta, row } = reading.message;
  const { text, html } = await copiedBody(deps, reading, words);
  const people = (boxes: readonly Mailbox[]): string =>
    boxes.map(({ name, address }) => apart(name === '' ? address : `${name} <${address}>`)).join(', ');
  const files = meta.parts.map((part) => apart(`${part.filename} (${words.size(part.size)})`));
  const { held, isCut } = heldText(text === '' && html !== undefined ? textOfSafeHtml(html) : text);
  const said: readonly (readonly [label: string, value: string])[] = [
    [words.say('reading.copy-from'), people([meta.from])],
    [words.say('reading.copy-to'), people(meta.to)],
    ...(meta.cc.length === 0 ? [] : [[words.say('reading.copy-cc'), people(meta.cc)] as const]),
    [words.say('reading.copy-date'), moment(meta.sentAt ?? row.created_at, deps.site.clock.nowMs(), words).words],
    ...(files.length === 0 ? [] : [[words.say('reading.copy-attachments'), files.join(', ')] as const]),
  ];
  const facts = said.map(([label, value]) => [label, heldText(value, FACT_COST_MAX)] as const);
  const content: PdfText = {
    title: subjectWords(meta.subject, words),
    language: words.language,
    facts: facts.map(([label, value]) => [label, value.held] as const),
    notes: [],
    text: held,
    ...(isCut || facts.some(([, value]) => value.isCut) ? { end: words.say('reading.copy-cut') } : {}),
  };
  const written = await deps.viewer.writePdf(content);
  if (written.missing === 0) return Readable.from([written.pdf]);
  const notes = [words.say('reading.copy-cannot-show', { count: written.missing })];
  return Readable.from([(await deps.viewer.writePdf({ ...content, notes })).pdf]);
}

/** Keeps a name's direction from the text around it (Unicode Standard Annex 9, section 2.7). */
function apart(text: string): string {
  return `\u2068${text}\u2069`;
}

async function sendCopy(req: Request, res: Response, type: string, filename: string, content: Readable): Promise<void> {
  const pieces = content[Symbol.asyncIterator]() as AsyncIterator<Buffer>; // both streams give bytes
  try {
    // Before any header is set, so that what is gone or does not open can still be answered with a page.
    const first = await pieces.next();
    res
      .set('Content-Type', type)
      .set('Content-Disposition', attachmentHeader(filename))
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .set('Cache-Control', 'no-store');
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    await pipeline(async function* () {
      for (let piece = first; piece.done !== true; piece = await pieces.next()) yield piece.value;
    }, res);
  } catch (error) {
    // The reader hung up.
    if (!hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  } finally {
    content.destroy();
  }
}

/** After the subject, with nothing in it that a file system could take for something else. */
function nameOf(reading: Reading, req: Request): string {
  const plain = displayLine(reading.message.meta.subject, FILENAME_CHARACTERS_MAX)
    .replace(/[/\\:*?"<>|.…]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? visitOf(req).words.say('reading.copy-name') : plain;
}
