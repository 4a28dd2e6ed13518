// Owns the way in by a notice's link. The link grants nothing: it names a recipient, whose address gets
// the code. GET and HEAD send nothing and change nothing but a note that the link was fetched, so scanners may follow it as
// they like.

import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { maskAddress, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isRefusal, toldIn } from '../core/errors.ts';
import { isToken } from '../core/ids.ts';
import { portalIntroduction, portalText } from '../brands/brand-texts.ts';
import { sha256 } from '../crypto/digest.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { pageBrand, wearBrand } from '../http/worn-brand.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { loadRecipientByToken } from '../messages/recipients.store.ts';
import { offerOtherWays } from './other-ways.ts';
import { recordFetch } from './record-fetch.ts';
import { requestCode, signInByCode, waitingFor } from './code-steps.ts';
import { signOut } from './sign-out.ts';
import { sendStatus, sendWaitingPage, stillWaiting } from './waiting-page.ts';
import type { WaitingPlace } from './waiting-page.ts';

const nothing = z.object({});
const codeForm = z.object({ code: z.string().max(100) });

export function linkRoutes(site: Site): Router {
  const router = Router();
  const followed = (answer: Answer): RequestHandler => {
    return async (req, res) => {
      // A forged form learns nothing, not even whether there is such a link.
      if (req.method === 'POST') readForm(req, nothing);
      const link = await followLink(site, req);
      await (link === undefined ? sendLostLink(site, req, res) : answer(link, req, res));
    };
  };

  router.get(
    '/m/:token',
    followed(async (link, req, res) => {
      const { session } = visitOf(req);
      if (session === undefined) {
        await recordFetch(site, req, link.recipient);
        await sendEnterPage(site, req, res, link);
      } else if (session.addressIndex !== link.recipient.address_index) await sendOtherMailbox(site, req, res, link);
      else res.redirect(303, messageUrl(site, link));
    }),
  );

  router.post(
    '/m/:token/switch',
    followed(async (link, req, res) => {
      await signOut(site, req, res);
      res.redirect(303, link.path);
    }),
  );

  router.post(
    '/m/:token/passcode',
    followed(async (link, req, res) => {
      try {
        await requestCode(site, req, link.recipient.id, link.address);
      } catch (error) {
        await stillWaiting(site, req, res, placeOf(site, link), error);
        return;
      }
      res.redirect(303, `${link.path}/verify`);
    }),
  );

  router.get(
    '/m/:token/verify',
    followed(async (link, req, res) => {
      const waiting = await waitingFor(site, req, link.recipient.id);
      if (waiting === undefined) {
        await sendEnterPage(site, req, res, link, { error: visitOf(req).words.say('sign-in.code-none') });
        return;
      }
      await sendWaitingPage(site, req, res, placeOf(site, link), waiting);
    }),
  );

  router.get(
    '/m/:token/verify/status',
    followed((link, req, res) => sendStatus(site, req, res, placeOf(site, link))),
  );

  router.post(
    '/m/:token/verify',
    followed(async (link, req, res) => {
      const { code } = readForm(req, codeForm);
      try {
        await signInByCode(site, req, res, link.recipient.id, code);
      } catch (refusal) {
        if (!isRefusal(refusal, 'signin/code-refused')) throw refusal;
        const problem = { error: toldIn(visitOf(req).words, refusal), status: 422 };
        const waiting = await waitingFor(site, req, link.recipient.id);
        if (waiting === undefined) await sendEnterPage(site, req, res, link, problem);
        else await sendWaitingPage(site, req, res, placeOf(site, link), waiting, problem);
        return;
      }
      res.redirect(303, messageUrl(site, link));
    }),
  );

  return router;
}

type Answer = (link: FollowedLink, req: Request, res: Response) => Promise<void>;

export interface FollowedLink {
  readonly recipient: RecipientsTable;
  readonly address: Address;
  /** Path of the link, ready for forms. */
  readonly path: string;
}

// Unknown and destroyed look alike: whom a link was for is said only while there is a message.
async function followLink(site: Site, req: Request): Promise<FollowedLink | undefined> {
  const { token } = req.params;
  if (!isToken(token)) return undefined;
  const recipient = await loadRecipientByToken(site.db, sha256(token).toString('base64url'));
  if (recipient === undefined) return undefined;
  const message = await loadMessage(site.db, recipient.message_id);
  if (message === undefined || message.wrapped_key === null) return undefined;
  wearBrand(req, message.brand);
  const card = openRecipient(openMessage(site.vault, message), recipient);
  const address = parseAddress(card.address);
  return address === undefined ? undefined : { recipient, address, path: `${site.base}/m/${token}` };
}

/** The same, for those who have no page of their own for a link that leads nowhere. Throws request/not-found. */
export async function getLink(site: Site, req: Request): Promise<FollowedLink> {
  const link = await followLink(site, req);
  if (link === undefined) throw noSuchPage();
  return link;
}

async function sendEnterPage(
  site: Site,
  req: Request,
  res: Response,
  link: FollowedLink,
  { error, status = 200 }: { readonly error?: string; readonly status?: number } = {},
): Promise<void> {
  const brand = await pageBrand(site, req);
  const { words } = visitOf(req);
  await sendPage(site, req, res, {
    name: 'enter',
    title: words.say('sign-in.enter-title'),
    status,
    model: {
      maskedAddress: maskAddress(link.address),
      action: `${link.path}/passcode`,
      introduction: portalIntroduction(words, brand),
      portalText: portalText(words, brand),
      ...offerOtherWays(site, link.path, link.address),
      ...(error === undefined ? {} : { error }),
    },
  });
}

// Somebody with two addresses: without a word they would wait for a code in the wrong mailbox.
function sendOtherMailbox(site: Site, req: Request, res: Response, link: FollowedLink): Promise<void> {
  const { words, session } = visitOf(req);
  return sendPage(site, req, res, {
    name: 'other-mailbox',
    title: words.say('other.title'),
    model: {
      maskedAddress: maskAddress(link.address),
      signedInAs: session?.address ?? '',
      action: `${link.path}/switch`,
      inboxUrl: `${site.base}/messages`,
    },
  });
}

function sendLostLink(site: Site, req: Request, res: Response): Promise<void> {
  const { session, words } = visitOf(req);
  const way =
    session === undefined
      ? { label: words.say('sign-in.title'), url: `${site.base}/sign-in` }
      : { label: words.say('problem.go-messages'), url: `${site.base}/messages` };
  return sendPage(site, req, res, {
    name: 'lost-link',
    title: words.say('lost.title'),
    status: 404,
    model: { action: `${site.base}/sign-in/notices`, way },
  });
}

function placeOf(site: Site, { recipient, address, path }: FollowedLink): WaitingPlace {
  const others = offerOtherWays(site, path, address);
  return { door: 'link', purpose: recipient.id, path, back: path, others };
}

function messageUrl(site: Site, link: FollowedLink): string {
  return `${site.base}/messages/${link.recipient.message_id}`;
}
