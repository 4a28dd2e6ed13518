// Owns the pages of the try-out mailbox: every mail that would have left, for whoever sits at this machine.

import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import { nameOf } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { isLoopbackHost } from '../core/networks.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import { bodyDocumentPolicy } from '../http/security-headers.ts';
import type { Site } from '../http/site.ts';
import type { MailPart, MailTree } from '../mail/mail-tree.ts';
import type { MailParser } from '../mail/parse.ts';
import { linkRuns } from '../mail/safe-text.ts';
import { moment } from '../render/moment.ts';
import { listTryMail, loadTryMail } from './try-mail.store.ts';
import type { TryMail } from './try-mail.store.ts';

export interface TryMailboxDeps {
  readonly site: Site;
  readonly parser: MailParser;
}

export function tryMailboxRoutes({ site, parser }: TryMailboxDeps): Router {
  const router = Router();
  const path = `${site.base}/try/mailbox`;
  router.use('/try', fromThisMachine);

  router.get('/try/mailbox', async (req, res) => {
    const mails = await listTryMail(site);
    const rows = await Promise.all(
      mails.map(async (mail) => {
        const { tree } = await readMail(parser, mail);
        return {
          url: `${path}/${mail.id}`,
          to: mail.to,
          from: nameOf(tree.from),
          subject: tree.subject,
          at: moment(mail.at, site.clock.nowMs()),
        };
      }),
    );
    await sendPage(site, req, res, { name: 'try-mailbox', title: 'Try-out mailbox', model: { rows } });
  });

  router.get('/try/mailbox/:id', async (req, res) => {
    const mail = await askedMail(site, req);
    const { tree } = await readMail(parser, mail);
    await sendPage(site, req, res, {
      name: 'try-mail',
      title: tree.subject,
      model: {
        subject: tree.subject,
        from: tree.from.name === '' ? tree.from.address : `${tree.from.name} <${tree.from.address}>`,
        to: mail.to,
        at: moment(mail.at, site.clock.nowMs()),
        ...(tree.html === undefined ? {} : { htmlUrl: `${path}/${mail.id}/html` }),
        textRuns: linkRuns(tree.text ?? '', undefined),
        rawUrl: `${path}/${mail.id}/raw`,
        attachments: tree.parts.filter((part) => !part.inline).map((part) => part.filename),
      },
    });
  });

  router.get('/try/mailbox/:id/html', async (req, res) => {
    const { tree, images } = await readMail(parser, await askedMail(site, req));
    let html = (tree.html ?? '').replace('<head>', '<head><base target="_blank">');
    for (const [cid, uri] of images) html = html.replaceAll(`cid:${cid}`, uri);
    res.removeHeader('X-Frame-Options');
    res.set('Content-Security-Policy', bodyDocumentPolicy).set('Cache-Control', 'no-store').type('html').send(html);
  });

  router.get('/try/mailbox/:id/raw', async (req, res) => {
    const mail = await askedMail(site, req);
    res.set('Cache-Control', 'no-store').type('text/plain').send(mail.raw);
  });

  return router;
}

// A page elsewhere could give its own name this machine's address and read the codes (DNS rebinding).
const fromThisMachine: RequestHandler = (req, _res, next) => {
  if (!isLoopbackHost(req.hostname)) throw noSuchPage();
  next();
};

async function askedMail(site: Site, req: Request): Promise<TryMail> {
  const { id } = req.params;
  const mail = isId(id) ? await loadTryMail(site, id) : undefined;
  if (mail === undefined) throw new AppError('request/not-found', 'There is no such mail.');
  return mail;
}

async function readMail(parser: MailParser, mail: TryMail): Promise<{ tree: MailTree; images: Map<string, string> }> {
  const images = new Map<string, string>();
  async function* source(): AsyncGenerator<Buffer> {
    yield Buffer.from(mail.raw);
  }
  const tree = await parser.parse(source(), {
    open: (part: Omit<MailPart, 'size'>) => {
      const pieces: Buffer[] = [];
      return Promise.resolve({
        write: (chunk) => {
          pieces.push(Buffer.from(chunk));
          return Promise.resolve();
        },
        close: () => {
          if (part.contentId !== undefined && part.contentType === 'image/png') {
            images.set(part.contentId, `data:image/png;base64,${Buffer.concat(pieces).toString('base64')}`);
          }
          return Promise.resolve();
        },
      });
    },
  });
  return { tree, images };
}
