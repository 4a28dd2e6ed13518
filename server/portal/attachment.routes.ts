// Owns the ways to a file of a message: taking it out, whole or in ranges, always as bytes that no browser runs; or
// looking at its pages.

import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { MINUTE_MS } from '../core/clock.ts';
import { hasCode } from '../core/errors.ts';
import { checkRight } from '../access/reading.ts';
import type { ByteRange } from '../crypto/cobblestone-range.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { askedRange } from '../http/byte-range.ts';
import { fileViews } from '../http/file-views.ts';
import type { Onlooker, ViewDeps } from '../http/file-views.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { getPart } from '../http/read-part.ts';
import type { Site } from '../http/site.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { fileKind } from '../render/file-kind.ts';
import { checkStillReading, readPart, startReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { recordReading } from './record-reading.ts';
import { WrittenOfLate } from '../http/written-of-late.ts';

/** How long after its beginning a download may go on and still be the same taking. */
const SAME_TAKING_MS = 15 * MINUTE_MS;

export function attachmentRoutes(deps: ViewDeps): Router {
  const { site } = deps;
  const views = fileViews(deps, (req) => findOnlooker(site, req));
  const takings = new WrittenOfLate(site.clock, SAME_TAKING_MS);
  const router = Router();

  router.get('/messages/:id/attachments/:n/pages/:page', (req, res) => views.sendImage(req, res));

  router.get('/messages/:id/attachments/:n', async (req, res) => {
    if (req.query['view'] === '1') return views.sendView(req, res);
    const reading = await startReading(site, req);
    checkRight(reading.message.row, 'download');
    const part = reading.message.meta.parts.find((one) => String(one.n) === req.params.n);
    if (part === undefined) throw noSuchPage();
    const row = await getPart(site.db, reading.message, part.n);
    const etag = etagOf(site, reading, part);
    const range = askedRange(req, etag, part.size);
    if (range === 'unsatisfiable') {
      res.status(416).set('Content-Range', `bytes */${part.size}`).end();
      return;
    }
    const taking = `${reading.session.tokenHash} ${row.message_id} ${part.n}`;
    if (range === undefined || range.start === 0 || !takings.has(taking)) {
      await recordReading(site, req, reading, 'attachment-taken', part.n);
      if (req.method === 'GET') takings.remember(taking);
    }
    await sendFile(req, res, { part, etag, range }, readPart(site, reading, row, range));
  });

  return router;
}

async function findOnlooker(site: Site, req: Request): Promise<Onlooker> {
  const reading = await startReading(site, req);
  const { session, message } = reading;
  return {
    session,
    message,
    messageUrl: `${site.base}/messages/${message.row.id}`,
    at: 'inbox',
    mayTake: true,
    checkStill: () => checkStillReading(site, reading),
    record: (part) => recordReading(site, req, reading, 'attachment-viewed', part.n),
  };
}

interface SentFile {
  readonly part: MailPart;
  readonly etag: string;
  /** Undefined: the whole. */
  readonly range: ByteRange | undefined;
}

// Always as a download and always as bytes that no browser runs, whatever the mail called them.
async function sendFile(
  req: Request,
  res: Response,
  { part, etag, range }: SentFile,
  content: AsyncGenerator<Buffer>,
): Promise<void> {
  try {
    // Before any header is set, so that what is gone or does not open can still be answered with a page.
    const first = await content.next();
    if (range !== undefined) {
      res.status(206).set('Content-Range', `bytes ${range.start}-${range.end - 1}/${part.size}`);
    }
    res
      .set('Content-Type', fileKind(part.contentType, part.filename).servedAs)
      .set('Content-Disposition', attachmentHeader(part.filename))
      .set('Content-Length', String(range === undefined ? part.size : range.end - range.start))
      .set('Accept-Ranges', 'bytes')
      .set('ETag', etag)
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
    // The reader hung up.
    if (!hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  } finally {
    await content.return(undefined);
  }
}

/** A file never changes, so its name is enough; under a key, so that it tells nothing outside this server. */
function etagOf({ keyring }: Site, { message }: Reading, { n }: MailPart): string {
  return `"${keyring.macText('etag', `${message.row.id} ${n}`)}"`;
}
