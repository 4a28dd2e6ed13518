// Owns the way in by an address, for anyone, and the way out.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { isRefusal, toldIn } from '../core/errors.ts';
import { clearCookie, readCookie, setCookie } from '../http/cookies.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import { NEXT_PATH } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { isSender, visitOf } from '../http/visit.ts';
import { languages } from '../language/languages.ts';
import { saveLanguage } from '../people/people.store.ts';
import { offerOtherWays } from './other-ways.ts';
import { requestCode, signInByCode, waitingFor } from './code-steps.ts';
import { signOut } from './sign-out.ts';
import { sendStatus, sendWaitingPage, stillWaiting } from './waiting-page.ts';
import type { WaitingPlace } from './waiting-page.ts';

const PURPOSE = 'sign-in';
const addressForm = z.object({ address: z.string().max(400).default('') });
const codeForm = z.object({ code: z.string().max(100) });
const themeForm = z.object({ theme: z.enum(['auto', 'light', 'dark']), back: z.string().default('') });
const languageForm = z.object({ language: z.enum(languages), back: z.string().default('') });
const nothing = z.object({});

export function signInRoutes(site: Site): Router {
  const router = Router();
  const path = `${site.base}/sign-in`;
  const others = offerOtherWays(site, path);
  const place: WaitingPlace = { door: 'front', purpose: PURPOSE, path, back: path, others };

  router.get('/sign-in', async (req, res) => {
    const { session } = visitOf(req);
    if (session !== undefined) {
      goOn(site, req, res, session.address);
      return;
    }
    await sendPage(site, req, res, addressPage(site, req, ''));
  });

  router.post('/sign-in/passcode', async (req, res) => {
    const form = readForm(req, addressForm);
    // "Send another code" on the waiting page carries no address: it is on record.
    const waiting = form.address === '' ? await waitingFor(site, req, PURPOSE) : undefined;
    const address = waiting?.address ?? parseAddress(form.address.trim());
    if (address === undefined) {
      const error = visitOf(req).words.say('sign-in.address-wrong');
      await sendPage(site, req, res, { ...addressPage(site, req, form.address, error), status: 422 });
      return;
    }
    try {
      await requestCode(site, req, PURPOSE, address);
    } catch (error) {
      // Of another address than the one that is waited for, nothing can be waited for any more.
      if (waiting === undefined) throw error;
      await stillWaiting(site, req, res, place, error);
      return;
    }
    res.redirect(303, `${place.path}/verify`);
  });

  router.get('/sign-in/verify', async (req, res) => {
    const waiting = await waitingFor(site, req, PURPOSE);
    if (waiting === undefined) res.redirect(303, place.path);
    else await sendWaitingPage(site, req, res, place, waiting);
  });

  router.get('/sign-in/verify/status', (req, res) => sendStatus(site, req, res, place));

  router.post('/sign-in/verify', async (req, res) => {
    const { code } = readForm(req, codeForm);
    try {
      const address = await signInByCode(site, req, res, PURPOSE, code);
      goOn(site, req, res, address);
    } catch (refusal) {
      if (!isRefusal(refusal, 'signin/code-refused')) throw refusal;
      const error = toldIn(visitOf(req).words, refusal);
      const waiting = await waitingFor(site, req, PURPOSE);
      if (waiting === undefined) {
        await sendPage(site, req, res, { ...addressPage(site, req, '', error), status: 422 });
      } else {
        await sendWaitingPage(site, req, res, place, waiting, { error, status: 422 });
      }
    }
  });

  router.post('/sign-out', async (req, res) => {
    readForm(req, nothing);
    await signOut(site, req, res);
    res.redirect(303, `${site.base}/sign-in`);
  });

  router.post('/theme', (req, res) => {
    const { theme, back } = readForm(req, themeForm);
    setCookie(site, res, 'theme', theme);
    res.redirect(303, isLocalPath(back) ? back : `${site.base}/`);
  });

  router.post('/language', async (req, res) => {
    const { language, back } = readForm(req, languageForm);
    const { session } = visitOf(req);
    if (session !== undefined) await saveLanguage(site.db, session.addressIndex, language, isoNow(site.clock));
    setCookie(site, res, 'language', language);
    res.redirect(303, isLocalPath(back) ? back : `${site.base}/`);
  });

  return router;
}

// Where the visitor wanted to go before signing in, or where people like them usually go.
export function goOn(site: Site, req: Request, res: Response, address: Address): void {
  const next = readCookie(site, req, 'next');
  if (next !== undefined) clearCookie(site, res, 'next');
  const path = next !== undefined && NEXT_PATH.test(next) ? next : isSender(site, address) ? '/sent' : '/messages';
  res.redirect(303, `${site.base}${path}`);
}

function addressPage(site: Site, req: Request, address: string, error?: string) {
  return {
    name: 'sign-in' as const,
    title: visitOf(req).words.say('sign-in.title'),
    model: {
      action: `${site.base}/sign-in/passcode`,
      address,
      ...offerOtherWays(site, `${site.base}/sign-in`),
      ...(error === undefined ? {} : { error }),
    },
  };
}

// A path of ours, not "//elsewhere" and nothing with a control character in it.
function isLocalPath(path: string): boolean {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path);
}
