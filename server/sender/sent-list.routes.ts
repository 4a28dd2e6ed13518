// Owns the list of what a sender sent, and searching it. What is typed may be an address or part of a subject, which stand in
// no link: a form that is sent, and then a link.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import { cursorIn, takePage } from '../http/pager.ts';
import type { Site } from '../http/site.ts';
import { checkSender, visitOf } from '../http/visit.ts';
import { momentAt } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { listSent } from '../messages/messages.store.ts';
import type { PageAsk } from '../messages/messages.store.ts';
import type { SentPage } from '../render/page-models/sent.ts';
import { isoTime } from '../core/clock.ts';
import { idTimeMs } from '../core/ids.ts';
import type { Session } from '../signin/sessions.store.ts';
import { findSent } from './find-sent.ts';
import { findAddress, findView, typedView } from './find.model.ts';
import { chosenMailbox, composeUrl, mailboxesOf, sentUrl } from './mailboxes.ts';
import type { Mailbox } from './mailboxes.ts';
import { choose, findForm, queryOf, readChoice } from './sent-filter.ts';
import type { Choice } from './sent-filter.ts';
import { sentRows } from './sent.model.ts';

export function sentListRoutes(site: Site): Router {
  const path = `${site.base}/sent`;
  const router = Router();

  router.get('/sent', async (req, res) => {
    const session = checkSender(site, req);
    const mailbox = chosenMailbox(site, req, session);
    const { before: _before, after: _after, mailbox: _mailbox, ...asked } = req.query;
    const choice = readChoice(site.keyring, session.addressIndex, asked);
    const isWhole = queryOf(choice.link) === '';
    const list = isWhole ? await wholeList(req, mailbox) : await foundList(req, mailbox, choice);
    await send(req, res, {
      ...list,
      composeUrl: composeUrl(site, mailbox),
      mailboxes: mailboxChoices(site, req, session, mailbox),
    });
  });

  router.post('/sent/find', async (req, res) => {
    const typed = readForm(req, findForm);
    const session = checkSender(site, req);
    const mailbox = chosenMailbox(site, req, session);
    const choice = choose(site.keyring, session.addressIndex, typed);
    if (!('error' in choice)) {
      res.redirect(303, `${path}${queryOf(choice.link, keyOf(mailbox))}`);
      return;
    }
    const { words } = visitOf(req);
    await send(req, res, {
      rows: [],
      pager: {},
      composeUrl: composeUrl(site, mailbox),
      mailboxes: mailboxChoices(site, req, session, mailbox),
      find: typedView(site, words, mailbox, typed),
      error: words.say(choice.error.key, choice.error.given),
    });
  });

  return router;

  async function wholeList(req: Request, mailbox: Mailbox): Promise<Listed> {
    const { words } = visitOf(req);
    const list = (page: PageAsk) => listSent(site.db, [mailbox.addressIndex], page);
    const { rows, pager } = await takePage(req, sentUrl(site, mailbox), list, ({ id }) => id);
    return { rows: await sentRows(site, words, rows), pager, find: findView(site, words, mailbox, undefined) };
  }

  async function foundList(req: Request, mailbox: Mailbox, choice: Choice): Promise<Listed> {
    const { words } = visitOf(req);
    const senders = [mailbox.addressIndex];
    const [before, after] = [cursorIn(req, 'before'), cursorIn(req, 'after')];
    const asked = await findSent(site, senders, choice.filter, after === undefined ? { before } : { after });
    // Nothing is newer: the newest that there are, are meant.
    const isOver = after !== undefined && asked.rows.length === 0 && asked.stopped === undefined;
    const { rows, olderFrom, newerFrom, stopped } = isOver ? await findSent(site, senders, choice.filter, {}) : asked;
    const linkTo = (way: 'before' | 'after', id: string | undefined): string | undefined =>
      id === undefined ? undefined : `${path}${queryOf(choice.link, { ...keyOf(mailbox), [way]: id })}`;
    const goOnUrl = linkTo(after === undefined || isOver ? 'before' : 'after', stopped?.lastId);
    const [olderUrl, newerUrl] = [linkTo('before', olderFrom), linkTo('after', newerFrom)];
    return {
      rows: await sentRows(site, words, rows),
      pager: {
        ...(newerUrl === undefined || newerUrl === goOnUrl ? {} : { newerUrl }),
        ...(olderUrl === undefined || olderUrl === goOnUrl ? {} : { olderUrl }),
      },
      find: findView(site, words, mailbox, choice, await findAddress(site, choice, rows)),
      ...(stopped === undefined ? {} : { looked: howFar(words, stopped) }),
      ...(goOnUrl === undefined ? {} : { goOnUrl }),
    };
  }

  async function send(req: Request, res: Response, model: SentPage): Promise<void> {
    const title = visitOf(req).words.say('sending.title');
    const status = model.error === undefined ? 200 : 422;
    await sendPage(site, req, res, { name: 'sent', title, at: 'sent', model, status });
  }
}

type Listed = Omit<SentPage, 'mailboxes' | 'composeUrl'>;

function howFar(words: Words, { looked, lastId }: { readonly looked: number; readonly lastId: string }): Told {
  return words.tell('find.looked', { count: looked, time: momentAt(isoTime(idTimeMs(lastId))) });
}

function keyOf({ key }: Mailbox): Readonly<Record<string, string>> {
  return key === undefined ? {} : { mailbox: key };
}

/** None for somebody who has their own mailbox only. */
function mailboxChoices(site: Site, req: Request, session: Session, chosen: Mailbox): SentPage['mailboxes'] {
  const all = mailboxesOf(site, req, session);
  if (all.length === 1) return [];
  return all.map((mailbox) => ({
    label: mailbox.key === undefined ? visitOf(req).words.say('sending.mailbox-own') : mailbox.address,
    url: sentUrl(site, mailbox),
    current: mailbox.key === chosen.key,
  }));
}
