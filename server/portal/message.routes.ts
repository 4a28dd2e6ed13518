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
import { markRead } from '../messages/recipients.store.ts';
import { fileKind } from '../render/file-kind.ts';
import { bodyHtml, bodyLink } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import { messagePage } from './message.model.ts';
import type { Retry } from './message.model.ts';
import { getPart, readPart, startReading } from './reading.ts';
import type { Reading } from './reading.ts';

export function messageRoutes(deps: BodyDeps): Router {
  const { site } = deps;
  const router = Router();

  router.get('/messages/:id', async (req, res) => {
    const reading = await startReading(site, req);
    await recordReading(deps, req, reading, 'message-read', true);
    await sendMessage(deps, req, res, reading, { done: doneSentence(req) });
  });

  router.get('/messages/:id/body', async (req, res) => {
    const reading = await startReading(site, req);
    const html = await bodyHtml(deps, reading);
    if (html === undefined) throw new AppError('request/not-found', 'There is no such page.');
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
    if (part === undefined) throw new AppError('request/not-found', 'There is no such page.');
    const row = await getPart(site, reading.message, part.n);
    res
      .set('Content-Type', fileKind(part.contentType, part.filename).servedAs)
      .set('Content-Disposition', attachmentHeader(part.filename))
      .set('Content-Length', String(row.size_bytes))
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .set('Cache-Control', 'no-store');
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    await recordReading(deps, req, reading, 'attachment-taken', false, part.n);
    await pipeline(readPart(site, reading, row), res);
  });

  router.get('/messages/:id/links/:n', async (req, res) => {
    const reading = await startReading(site, req);
    const { n } = req.params;
    const link = /^t?\d{1,6}$/.test(n) ? await bodyLink(deps, reading, n) : undefined;
    if (link?.url === undefined) throw new AppError('request/not-found', 'There is no such page.');
    const host = hostOf(link.url);
    const shown = link.text.trim();
    await sendPage(site, req, res, {
      name: 'leave',
      title: 'You are leaving this page',
      model: {
        host,
        url: link.url,
        ...(looksLikeAddress(shown) && hostOf(shown) !== host ? { shownText: shown } : {}),
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

async function recordReading(
  deps: BodyDeps,
  req: Request,
  reading: Reading,
  event: AuditEvent,
  opens: boolean,
  attachment?: number,
): Promise<void> {
  const { vault, db, clock } = deps.site;
  await inTransaction(db, async (tx) => {
    if (opens) await markRead(tx, reading.recipient.id, isoNow(clock));
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

function looksLikeAddress(text: string): boolean {
  return /^(?:https?:\/\/|www\.)?[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?$/i.test(text);
}
