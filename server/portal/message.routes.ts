// Owns reading one message: its page, its body's own document, its links. Every route asks anew
// whether this visitor may; the bytes are guarded, not the buttons.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { MINUTE_MS } from '../core/clock.ts';
import { hasRight } from '../access/reading.ts';
import type { ViewDeps } from '../http/file-views.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { doneHere } from '../http/done.ts';
import type { Site } from '../http/site.ts';
import { sendPage } from '../http/page.ts';
import { sendWhole } from '../http/send-whole.ts';
import { bodyDocumentPolicy } from '../http/security-headers.ts';
import { visitOf } from '../http/visit.ts';
import type { Key } from '../language/catalogue.ts';
import { attachmentRoutes } from './attachment.routes.ts';
import { bodyDocument, bodyLink } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import { messagePage } from './message.model.ts';
import type { Retry } from './message.model.ts';
import { startReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { recordReading } from './record-reading.ts';
import { WrittenOfLate } from '../http/written-of-late.ts';

/** A page that is loaded again within this time, by the same session from the same network, was read once. */
const SAME_READING_MS = MINUTE_MS;

export function messageRoutes(deps: BodyDeps & ViewDeps): Router {
  const { site } = deps;
  const readings = new WrittenOfLate(site.clock, SAME_READING_MS);
  const router = Router();

  router.get('/messages/:id', async (req, res) => {
    const reading = await startReading(site, req);
    const sameReading = `${reading.session.tokenHash} ${visitOf(req).network} ${reading.recipient.id}`;
    if (!readings.has(sameReading)) {
      await recordReading(site, req, reading, 'message-read');
      if (req.method === 'GET') readings.remember(sameReading);
    }
    await sendMessage(deps, req, res, reading, { done: doneSentence(deps.site, req) });
  });

  router.get('/messages/:id/body', async (req, res) => {
    const reading = await startReading(site, req);
    // Who asks for the body alone has read the message as well.
    if (reading.recipient.opened_at === null) await recordReading(site, req, reading, 'message-read');
    const { words, theme } = visitOf(req);
    const document = await bodyDocument(deps, reading, words, theme);
    if (document === undefined) throw noSuchPage();
    const mayCopy = hasRight(reading.message.row, 'copy');
    res.set('Content-Security-Policy', bodyDocumentPolicy).removeHeader('X-Frame-Options');
    sendWhole(
      res,
      200,
      'text/html',
      site.templates.mailBody({
        ...document,
        words,
        mayPrint: hasRight(reading.message.row, 'print'),
        mayCopy,
        ...(mayCopy ? {} : { watermark: reading.session.address }),
      }),
    );
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
      title: visitOf(req).words.say('reading.leave-title'),
      model: {
        host,
        url: link.url,
        ...(looksLikeAddress(shown) && !isSameSite(hostOf(shown), host) ? { shownText: shown } : {}),
        backUrl: `${site.base}/messages/${reading.message.row.id}`,
      },
    });
  });

  router.use(attachmentRoutes(deps));
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
  const model = await messagePage(deps, reading, visitOf(req), more.retry);
  await sendPage(deps.site, req, res, {
    name: 'message',
    title: model.subject,
    at: 'inbox',
    model,
    done: more.done,
    ...(more.status === undefined ? {} : { status: more.status }),
  });
}

// The sentence stands here, not in the address: a link must not put words into our mouth.
function doneSentence(site: Site, req: Request): string | undefined {
  const done = doneHere(site, req);
  const key = done === undefined ? undefined : doneSentences.get(done);
  return key === undefined ? undefined : visitOf(req).words.say(key);
}

const doneSentences: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['replied', 'reading.reply-done'],
  ['forwarded', 'reading.forward-done'],
  ['draft-saved', 'reading.draft-saved'],
  ['draft-discarded', 'reading.draft-discarded'],
]);

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
