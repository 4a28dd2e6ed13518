// Owns showing a file of a message: its page, and the picture of one of its pages. None of the file's own bytes is ever part
// of an answer, and the right to look is asked for at each picture, before it is made and once more before it is sent.

import type { Request, Response } from 'express';
import { isoNow, MINUTE_MS } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { hasRight } from '../access/reading.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { Session } from '../signin/sessions.store.ts';
import { zooms } from '../viewing/paint-protocol.ts';
import type { Zoom } from '../viewing/paint-protocol.ts';
import type { ViewedFile, Viewer } from '../viewing/viewer.ts';
import { fileViewPage } from './file-view.model.ts';
import type { Outcome, ViewAsk } from './file-view.model.ts';
import { noSuchPage } from './nothing-here.ts';
import { sendPage } from './page.ts';
import type { PageAsk } from './page.ts';
import { getPart, readPartWhile } from './read-part.ts';
import type { Site } from './site.ts';
import { visitOf } from './visit.ts';
import { WrittenOfLate } from './written-of-late.ts';

export interface ViewDeps {
  readonly site: Site;
  readonly viewer: Viewer;
}

/** Somebody who may look at the files of a message. */
export interface Onlooker {
  readonly session: Session;
  readonly message: OpenMessage;
  /** Page of the message; its files lie below it. */
  readonly messageUrl: string;
  readonly at?: NonNullable<PageAsk<'attachment'>['at']>;
  /** They may take the files themselves, if the protection lets anybody. */
  readonly mayTake: boolean;
  /** Throws when the right to look has ended since. */
  checkStill(): Promise<void>;
  /** Writes into the audit that they look; throws, and writes nothing, when the right has ended. */
  record(part: MailPart): Promise<void>;
}

export interface FileViews {
  /** The page with one page of the file on it. */
  sendView(req: Request, res: Response): Promise<void>;
  /** That page's picture. */
  sendImage(req: Request, res: Response): Promise<void>;
}

/** Turning the pages of a file within this time is one viewing. */
const SAME_VIEWING_MS = 15 * MINUTE_MS;
const BUSY_SECONDS = 5;

/** @param findOnlooker throws for everybody else. The file's number is `n` of the path, the page's is `page`. */
export function fileViews({ site, viewer }: ViewDeps, findOnlooker: (req: Request) => Promise<Onlooker>): FileViews {
  const viewings = new WrittenOfLate(site.clock, SAME_VIEWING_MS);

  async function start(req: Request): Promise<{ onlooker: Onlooker; part: MailPart }> {
    const onlooker = await findOnlooker(req);
    const part = onlooker.message.meta.parts.find((one) => String(one.n) === req.params['n']);
    if (part === undefined) throw noSuchPage();
    return { onlooker, part };
  }

  // Before anything of the file is on its way. A probe of the address gets nothing of it.
  async function record(req: Request, onlooker: Onlooker, part: MailPart): Promise<void> {
    const viewing = `${onlooker.session.tokenHash} ${onlooker.message.row.id} ${part.n}`;
    if (req.method !== 'GET' || viewings.has(viewing)) return;
    await onlooker.record(part);
    viewings.remember(viewing);
  }

  return {
    async sendView(req, res) {
      const { onlooker, part } = await start(req);
      const { page, zoom } = { page: pageOf(req.query['page'] ?? '1'), zoom: zoomOf(req.query['zoom'] ?? 'fit') };
      const { row, meta } = onlooker.message;
      const may = {
        download: onlooker.mayTake && hasRight(row, 'download'),
        print: hasRight(row, 'print'),
        copy: hasRight(row, 'copy'),
      };
      let outcome: Outcome;
      if (zoom === undefined) outcome = { shown: false, why: 'no-such-zoom' };
      else if (page === undefined) outcome = { shown: false, why: 'no-such-page' };
      else {
        const file = await viewedFile(site, onlooker, part);
        outcome = await viewer.look(file, { page, zoom, wantsText: may.copy }).catch(orBusy);
        // What is said of a file tells of its content, too.
        if (outcome.shown) await record(req, onlooker, part);
        await onlooker.checkStill();
      }
      const ask: ViewAsk = {
        words: visitOf(req).words,
        part,
        path: `${onlooker.messageUrl}/attachments/${part.n}`,
        backUrl: onlooker.messageUrl,
        page: page ?? 1,
        zoom: zoom ?? 'fit',
        isMarked: markOf(site, onlooker) !== null,
        may,
        sender: meta.from,
      };
      if (!outcome.shown && outcome.why === 'busy') res.set('Retry-After', String(BUSY_SECONDS));
      await sendPage(site, req, res, {
        name: 'attachment',
        title: part.filename,
        ...(onlooker.at === undefined ? {} : { at: onlooker.at }),
        status: statusOf(outcome),
        model: fileViewPage(ask, outcome),
      });
    },

    async sendImage(req, res) {
      const { onlooker, part } = await start(req);
      const page = pageOf(req.params['page']);
      const zoom = zoomOf(req.query['zoom'] ?? 'fit');
      if (page === undefined || zoom === undefined) throw noSuchPage();
      const format = /\bimage\/webp\b/.test(req.get('accept') ?? '') ? 'webp' : 'png';
      if (req.method === 'HEAD') {
        asImage(res, format).end();
        return;
      }
      const mark = markOf(site, onlooker);
      const view = await viewer.draw(await viewedFile(site, onlooker, part), { page, zoom, mark, format });
      if (!view.shown) throw noSuchPage();
      await record(req, onlooker, part);
      await onlooker.checkStill();
      asImage(res, format).send(view.image);
    },
  };
}

async function viewedFile(site: Site, onlooker: Onlooker, part: MailPart): Promise<ViewedFile> {
  const { message } = onlooker;
  const row = await getPart(site.db, message, part.n);
  const read = (): AsyncGenerator<Buffer> => readPartWhile(site.vault, message, row, () => onlooker.checkStill());
  return { key: `${row.message_id} ${part.n}`, size: part.size, read };
}

/** Nothing is marked for who may take the file itself and copy from it. In no language: whoever finds it reads it. */
function markOf(site: Site, { message, session, mayTake }: Onlooker): string | null {
  if (mayTake && hasRight(message.row, 'download') && hasRight(message.row, 'copy')) return null;
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
