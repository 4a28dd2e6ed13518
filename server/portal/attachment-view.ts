// Owns showing an attachment: its page, and the picture of one of its pages. None of the file's own bytes is ever part
// of an answer, and the right to read is asked for at each picture, before it is made and once more before it is sent.

import type { Request, Response } from 'express';
import { isoNow, MINUTE_MS } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { hasRight } from '../access/reading.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { zooms } from '../viewing/paint-protocol.ts';
import type { Zoom } from '../viewing/paint-protocol.ts';
import type { ViewedFile, Viewer } from '../viewing/viewer.ts';
import { attachmentPage } from './attachment-view.model.ts';
import type { Outcome, ViewAsk } from './attachment-view.model.ts';
import { checkStillReading, getPart, readPart, startReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { recordReading } from './record-reading.ts';
import { WrittenOfLate } from './written-of-late.ts';

export interface ViewDeps {
  readonly site: Site;
  readonly viewer: Viewer;
}

export interface AttachmentViews {
  /** The page with one page of the file on it. */
  sendView(req: Request, res: Response): Promise<void>;
  /** That page's picture. */
  sendImage(req: Request, res: Response): Promise<void>;
}

/** Turning the pages of a file within this time is one viewing. */
const SAME_VIEWING_MS = 15 * MINUTE_MS;
const BUSY_SECONDS = 5;

export function attachmentViews({ site, viewer }: ViewDeps): AttachmentViews {
  const viewings = new WrittenOfLate(site.clock, SAME_VIEWING_MS);

  // Before anything of the file is on its way.
  async function record(req: Request, reading: Reading, part: MailPart): Promise<void> {
    const viewing = `${reading.session.tokenHash} ${reading.message.row.id} ${part.n}`;
    if (viewings.has(viewing)) return;
    await recordReading(site, req, reading, 'attachment-viewed', part.n);
    if (req.method === 'GET') viewings.remember(viewing);
  }

  return {
    async sendView(req, res) {
      const { reading, part } = await startViewing(site, req);
      const { page, zoom } = { page: pageOf(req.query['page'] ?? '1'), zoom: zoomOf(req.query['zoom'] ?? 'fit') };
      const mayCopy = hasRight(reading.message.row, 'copy');
      let outcome: Outcome;
      if (zoom === undefined) outcome = { shown: false, why: 'no-such-zoom' };
      else if (page === undefined) outcome = { shown: false, why: 'no-such-page' };
      else {
        const file = await viewedFile(site, reading, part);
        outcome = await viewer.look(file, { page, zoom, wantsText: mayCopy }).catch(orBusy);
        // What is said of a file tells of its content, too.
        if (outcome.shown) await record(req, reading, part);
        await checkStillReading(site, reading);
      }
      const backUrl = `${site.base}/messages/${reading.message.row.id}`;
      const ask: ViewAsk = {
        words: visitOf(req).words,
        reading,
        part,
        path: `${backUrl}/attachments/${part.n}`,
        backUrl,
        page: page ?? 1,
        zoom: zoom ?? 'fit',
        isMarked: markOf(site, reading) !== null,
      };
      if (!outcome.shown && outcome.why === 'busy') res.set('Retry-After', String(BUSY_SECONDS));
      await sendPage(site, req, res, {
        name: 'attachment',
        title: part.filename,
        at: 'inbox',
        status: statusOf(outcome),
        model: attachmentPage(ask, outcome),
      });
    },

    async sendImage(req, res) {
      const { reading, part } = await startViewing(site, req);
      const page = pageOf(req.params['page']);
      const zoom = zoomOf(req.query['zoom'] ?? 'fit');
      if (page === undefined || zoom === undefined) throw noSuchPage();
      const format = /\bimage\/webp\b/.test(req.get('accept') ?? '') ? 'webp' : 'png';
      if (req.method === 'HEAD') {
        asImage(res, format).end();
        return;
      }
      const mark = markOf(site, reading);
      const view = await viewer.draw(await viewedFile(site, reading, part), { page, zoom, mark, format });
      if (!view.shown) throw noSuchPage();
      await record(req, reading, part);
      await checkStillReading(site, reading);
      asImage(res, format).send(view.image);
    },
  };
}

async function startViewing(site: Site, req: Request): Promise<{ reading: Reading; part: MailPart }> {
  const reading = await startReading(site, req);
  const part = reading.message.meta.parts.find((one) => String(one.n) === req.params['n']);
  if (part === undefined) throw noSuchPage();
  return { reading, part };
}

async function viewedFile(site: Site, reading: Reading, part: MailPart): Promise<ViewedFile> {
  const row = await getPart(site, reading.message, part.n);
  return { key: `${row.message_id} ${part.n}`, size: part.size, read: () => readPart(site, reading, row) };
}

/** Nothing is marked for who may take the file itself and copy from it. In no language: whoever finds it reads it. */
function markOf(site: Site, { message, session }: Reading): string | null {
  if (hasRight(message.row, 'download') && hasRight(message.row, 'copy')) return null;
  const minute = isoNow(site.clock).slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ');
  return `${session.address} · ${minute} UTC`;
}

// Only when there is a picture: a page that says why there is none keeps the rules of pages.
function asImage(res: Response, format: 'webp' | 'png'): Response {
  return res
    .set('Content-Type', `image/${format}`)
    .set('Content-Disposition', 'inline')
    .set('Content-Security-Policy', "default-src 'none'; sandbox")
    .set('Cache-Control', 'no-store')
    .vary('Accept');
}

function pageOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined;
}

function zoomOf(value: unknown): Zoom | undefined {
  return zooms.find((zoom) => zoom === value);
}

function orBusy(error: unknown): Outcome {
  if (isRefusal(error, 'server/busy')) return { shown: false, why: 'busy' };
  throw error;
}

function statusOf(outcome: Outcome): number {
  if (outcome.shown) return 200;
  if (outcome.why === 'busy') return 503;
  return outcome.why === 'no-such-page' || outcome.why === 'no-such-zoom' ? 404 : 200;
}
