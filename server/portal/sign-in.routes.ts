// Owns the way in by an address, for anyone, and the way out.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { maskAddress, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { clearCookie, readCookie, setCookie } from '../http/cookies.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import { NEXT_PATH } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { isSender, visitOf } from '../http/visit.ts';
import { languages } from '../language/languages.ts';
import { saveLanguage } from '../people/people.store.ts';
import { endSession } from '../signin/sessions.store.ts';
import type { Waiting } from '../signin/waiting.ts';
import type { OtherWays } from '../render/page-models.ts';
import { otherWays } from './other-ways.ts';
import { requestCode, signInByCode, waitingFor } from './code-steps.ts';

const PURPOSE = 'sign-in';
const addressForm = z.object({ address: z.string().max(400).default('') });
const codeForm = z.object({ code: z.string().max(100) });
const themeForm = z.object({ theme: z.enum(['auto', 'light', 'dark']), back: z.string().default('') });
const languageForm = z.object({ language: z.enum(languages), back: z.string().default('') });
const nothing = z.object({});

export function signInRoutes(site: Site): Router {
  const router = Router();

  router.get('/sign-in', async (req, res) => {
    const { session } = visitOf(req);
    if (session !== undefined) {
      goOn(site, req, res, session.address);
      return;
    }
    await sendPage(site, req, res, addressPage(site, ''));
  });

  router.post('/sign-in/passcode', async (req, res) => {
    const form = readForm(req, addressForm);
    // "Send another code" on the waiting page carries no address: it is on record.
    const waiting = form.address === '' ? await waitingFor(site, req, PURPOSE) : undefined;
    const address = waiting?.address ?? parseAddress(form.address.trim());
    if (address === undefined) {
      const error = 'Type your whole e-mail address, such as name@example.net.';
      await sendPage(site, req, res, { ...addressPage(site, form.address, error), status: 422 });
      return;
    }
    await requestCode(site, req, PURPOSE, address);
    res.redirect(303, `${site.base}/sign-in/verify`);
  });

  router.get('/sign-in/verify', async (req, res) => {
    const waiting = await waitingFor(site, req, PURPOSE);
    if (waiting === undefined) {
      res.redirect(303, `${site.base}/sign-in`);
      return;
    }
    await sendPage(site, req, res, verifyPage(site, waiting));
  });

  router.post('/sign-in/verify', async (req, res) => {
    const { code } = readForm(req, codeForm);
    try {
      const address = await signInByCode(site, req, res, PURPOSE, code);
      goOn(site, req, res, address);
    } catch (error) {
      if (!isRefusal(error, 'signin/code-refused')) throw error;
      const waiting = await waitingFor(site, req, PURPOSE);
      await sendPage(site, req, res, {
        ...(waiting === undefined ? addressPage(site, '', error.message) : verifyPage(site, waiting, error.message)),
        status: 422,
      });
    }
  });

  router.post('/sign-out', async (req, res) => {
    readForm(req, nothing);
    const { session, network } = visitOf(req);
    if (session !== undefined) {
      await inTransaction(site.db, async (tx) => {
        await endSession(tx, session.tokenHash, isoNow(site.clock));
        await appendAudit(site.vault, tx, { event: 'signed-out', details: { address: session.address, network } });
      });
    }
    clearCookie(site, res, 'session');
    // Nothing that was read may be found by the back button.
    res.set('Clear-Site-Data', '"cache", "storage"');
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

function addressPage(site: Site, address: string, error?: string) {
  return {
    name: 'sign-in' as const,
    title: 'Sign in',
    model: {
      action: `${site.base}/sign-in/passcode`,
      address,
      ...offered(site),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function verifyPage(site: Site, { address, reference }: Waiting, error?: string) {
  return {
    name: 'verify' as const,
    title: 'Type the code from your mail',
    model: {
      maskedAddress: maskAddress(address),
      reference,
      validMinutes: site.signin.passcodeMinutes,
      action: `${site.base}/sign-in/verify`,
      resendAction: `${site.base}/sign-in/passcode`,
      backUrl: `${site.base}/sign-in`,
      ...offered(site),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function offered(site: Site): { ways?: OtherWays } {
  const ways = otherWays(site, `${site.base}/sign-in`);
  return ways === undefined ? {} : { ways };
}

// A path of ours, not "//elsewhere" and nothing with a control character in it.
function isLocalPath(path: string): boolean {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path);
}
