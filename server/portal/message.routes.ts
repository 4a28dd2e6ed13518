// Owns reading one message: its page, its body's own document, its files, its links. Every route asks anew
// whether this visitor may; the bytes are guarded, not the buttons.

import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { checkRight, hasRight } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { sendPage } from '../http/page.ts';
import { bodyDocumentPolicy } from '../http/security-headers.ts';
import { visitOf } from '../http/visit.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { markRead } from '../messages/recipients.store.ts';
import { fileKind } from '../render/file-kind.ts';
import { bodyHtml, bodyLink } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import { messagePage } from './message.model.ts';
import type { Retry } from './message.model.ts';
import { checkStillReadable, getPart, readPart, startReading } from './reading.ts';
import type { Reading } from './reading.ts';

export function messageRoutes(deps: BodyDeps): Router {
  const { site } = deps;
  const router = Router();

  router.get('/messages/:id', async (req, res) => {
    const reading = await startReading(site, req);
    await recordReading(deps, req, reading, 'message-read');
    await sendMessage(deps, req, res, reading, { done: doneSentence(req) });
  });

  router.get('/messages/:id/body', async (req, res) => {
    const reading = await startReading(site, req);
    // Who asks for the body alone has read the message as well.
    if (reading.recipient.opened_at === null) await recordReading(deps, req, reading, 'message-read');
    const html = await bodyHtml(deps, reading);
    if (html === undefined) throw noSuchPage();
    const mayCopy = hasRight(reading.message.row, 'copy');
    res
      .set('Content-Security-Policy', bodyDocumentPolicy)
      .set('Cache-Control', 'no-store')
      .removeHeader('X-Frame-Options');
    res.type('html').send(
      site.templates.mailBody({
        html,
        mayPrint: hasRight(reading.message.row, 'print'),
        mayCopy,
        ...(mayCopy ? {} : { watermark: reading.session.address }),
      }),
    );
  });

  router.get('/messages/:id/attachments/:n', async (req, res) => {
    const reading = await startReading(site, req);
    checkRight(reading.message.row, 'download');
    const part = reading.message.meta.parts.find((one) => String(one.n) === req.params.n);
    if (part === undefined) throw noSuchPage();
    const row = await getPart(site, reading.message, part.n);
    await recordReading(deps, req, reading, 'attachment-taken', part.n);
    await sendFile(req, res, part, readPart(site, reading, row));
  });

  router.get('/messages/:id/links/:n', async (req, res) => {
    const reading = await startReading(site, req);
    const { n } = req.params;
    const link = /^t?\d{1,6}$/.test(n) ? await bodyLink(deps, reading, n) : undefined;
    if (link?.url === undefined) throw noSuchPage();
    const host = hostOf(link.url);
    const shown = link.text.trim();
    await sendPage(site, req, res, {
      name: 'leave',
      title: 'You are leaving this page',
      model: {
        host,
        url: link.url,
        ...(looksLikeAddress(shown) && !isSameSite(hostOf(shown), host) ? { shownText: shown } : {}),
        backUrl: `${site.base}/messages/${reading.message.row.id}`,
      },
    });
  });

  return router;
}

/** Answers with the message's page; also after a reply or forward that could not be taken. */
export async function sendMessage(
  deps: BodyDeps,
  req: Request,
  res: Response,
  reading: Reading,
  more: { readonly done?: string | undefined; readonly retry?: Retry; readonly status?: number } = {},
): Promise<void> {
  const model = await messagePage(deps, reading, more.retry);
  await sendPage(deps.site, req, res, {
    name: 'message',
    title: model.subject,
    at: 'inbox',
    model,
    done: more.done,
    ...(more.status === undefined ? {} : { status: more.status }),
  });
}

/** Writes down that the reader got something. Whoever lost the right meanwhile is refused, and nothing is written. */
async function recordReading(
  deps: BodyDeps,
  req: Request,
  reading: Reading,
  event: AuditEvent,
  attachment?: number,
): Promise<void> {
  // A probe of the address gets no content.
  if (req.method !== 'GET') return;
  const { vault, db, clock } = deps.site;
  await inTransaction(db, async (tx) => {
    await checkStillReadable(tx, clock, reading);
    await markRead(tx, reading.recipient.id, isoNow(clock));
    await appendAudit(vault, tx, {
      event,
      messageId: reading.message.row.id,
      recipientId: reading.recipient.id,
      details: {
        address: reading.session.address,
        network: visitOf(req).network,
        ...(attachment === undefined ? {} : { attachment }),
      },
    });
  });
}

// Always as a download and always as bytes that no browser runs, whatever the mail called them.
async function sendFile(req: Request, res: Response, part: MailPart, content: AsyncGenerator<Buffer>): Promise<void> {
  try {
    // Before any header is set, so that what is gone or does not open can still be answered with a page.
    const first = await content.next();
    res
      .set('Content-Type', fileKind(part.contentType, part.filename).servedAs)
      .set('Content-Disposition', attachmentHeader(part.filename))
      .set('Content-Length', String(part.size))
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .set('Cache-Control', 'no-store');
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    await pipeline(async function* () {
      if (first.done !== true) yield first.value;
      yield* content;
    }, res);
  } catch (error) {
    if (!isHangUp(error)) throw error;
  } finally {
    await content.return(undefined);
  }
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function noSuchPage(): AppError {
  return new AppError('request/not-found', 'There is no such page.');
}

// The sentence stands here, not in the address: a link must not put words into our mouth.
function doneSentence(req: Request): string | undefined {
  switch (req.query['done']) {
    case 'replied':
      return 'Your answer is on its way.';
    case 'forwarded':
      return 'The message is forwarded; each new reader gets a notice of their own.';
    default:
      return undefined;
  }
}

function hostOf(url: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`;
  if (!URL.canParse(withScheme)) return '';
  const { host, pathname, protocol } = new URL(withScheme);
  return protocol === 'mailto:' ? pathname : host;
}

// People leave out the www that the address has, and the other way round.
function isSameSite(a: string, b: string): boolean {
  return a.replace(/^www\./, '') === b.replace(/^www\./, '');
}

function looksLikeAddress(text: string): boolean {
  return /^(?:https?:\/\/|www\.)?[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?$/i.test(text);
}
