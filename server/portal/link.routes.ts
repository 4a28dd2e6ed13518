// Owns the way in by a notice's link. The link grants nothing: it names a recipient, whose address gets
// the code. GET and HEAD change nothing and send nothing, so scanners may follow it as they like.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { maskAddress, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { sha256 } from '../crypto/digest.ts';
import type { RecipientsTable } from '../db/tables.ts';
import { readForm } from '../http/forms.ts';
import { sendPage, siteBrand } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { loadRecipientByToken } from '../messages/recipients.store.ts';
import type { OtherWays } from '../render/page-models.ts';
import { otherWays } from './other-ways.ts';
import { requestCode, signInByCode, waitingFor } from './code-steps.ts';

const TOKEN = /^[A-Za-z0-9_-]{22}$/;
const nothing = z.object({});
const codeForm = z.object({ code: z.string().max(100) });

export function linkRoutes(site: Site): Router {
  const router = Router();

  router.get('/m/:token', async (req, res) => {
    const link = await followLink(site, req);
    if (visitOf(req).session?.addressIndex === link.recipient.address_index) {
      res.redirect(303, `${site.base}/messages/${link.recipient.message_id}`);
      return;
    }
    await sendPage(site, req, res, await enterPage(site, link));
  });

  router.post('/m/:token/passcode', async (req, res) => {
    readForm(req, nothing);
    const link = await followLink(site, req);
    await requestCode(site, req, link.recipient.id, link.address);
    res.redirect(303, `${link.path}/verify`);
  });

  router.get('/m/:token/verify', async (req, res) => {
    const link = await followLink(site, req);
    const waiting = await waitingFor(site, req, link.recipient.id);
    if (waiting === undefined) {
      res.redirect(303, link.path);
      return;
    }
    await sendPage(site, req, res, verifyPage(site, link, waiting.reference));
  });

  router.post('/m/:token/verify', async (req, res) => {
    const { code } = readForm(req, codeForm);
    const link = await followLink(site, req);
    try {
      await signInByCode(site, req, res, link.recipient.id, code);
    } catch (error) {
      if (!isRefusal(error, 'signin/code-refused')) throw error;
      const waiting = await waitingFor(site, req, link.recipient.id);
      await sendPage(site, req, res, {
        ...(waiting === undefined
          ? await enterPage(site, link, error.message)
          : verifyPage(site, link, waiting.reference, error.message)),
        status: 422,
      });
      return;
    }
    res.redirect(303, `${site.base}/messages/${link.recipient.message_id}`);
  });

  return router;
}

export interface FollowedLink {
  readonly recipient: RecipientsTable;
  readonly address: Address;
  /** Path of the link, ready for forms. */
  readonly path: string;
}

// Unknown and destroyed look alike: whom a link was for is said only while there is a message.
export async function followLink(site: Site, req: Request): Promise<FollowedLink> {
  const { token } = req.params;
  if (typeof token !== 'string' || !TOKEN.test(token)) throw unknownLink();
  const recipient = await loadRecipientByToken(site.db, sha256(token).toString('base64url'));
  if (recipient === undefined) throw unknownLink();
  const message = await loadMessage(site.db, recipient.message_id);
  if (message === undefined || message.wrapped_key === null) throw unknownLink();
  const card = openRecipient(openMessage(site.vault, message), recipient);
  const address = parseAddress(card.address);
  if (address === undefined) throw unknownLink();
  return { recipient, address, path: `${site.base}/m/${token}` };
}

async function enterPage(site: Site, link: FollowedLink, error?: string) {
  const { introduction, portalText } = await siteBrand(site);
  return {
    name: 'enter' as const,
    title: 'A sealed message for you',
    model: {
      maskedAddress: maskAddress(link.address),
      action: `${link.path}/passcode`,
      introduction,
      portalText,
      ...offered(site, link),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function verifyPage(site: Site, link: FollowedLink, reference: string, error?: string) {
  return {
    name: 'verify' as const,
    title: 'Type the code from your mail',
    model: {
      maskedAddress: maskAddress(link.address),
      reference,
      validMinutes: site.signin.passcodeMinutes,
      action: `${link.path}/verify`,
      resendAction: `${link.path}/passcode`,
      backUrl: link.path,
      ...offered(site, link),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function offered(site: Site, link: FollowedLink): { ways?: OtherWays } {
  const ways = otherWays(site, link.path, link.address);
  return ways === undefined ? {} : { ways };
}

function unknownLink(): AppError {
  return new AppError('request/not-found', 'There is no such page.');
}
