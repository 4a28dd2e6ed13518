// Owns writing first: somebody outside begins a message to one of the addresses that the organisation has listed. It
// takes the same road in as an answer. Where nobody may, there is no such page.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { domainOf, parseAddress } from '../core/address.ts';
import { DAY_MS } from '../core/clock.ts';
import { AppError, isRefusal, toldIn } from '../core/errors.ts';
import { newToken } from '../crypto/random.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { doneUrl } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { keepTyped } from '../http/keep-typed.ts';
import type { Keeping } from '../http/keep-typed.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import { keepLetter, loadKeptLetter } from '../messages/kept-letters.store.ts';
import type { Letter } from '../messages/kept-letters.store.ts';
import { isRecipient } from '../messages/recipients.store.ts';
import type { WritePage } from '../render/page-models/writing.ts';
import type { Session } from '../signin/sessions.store.ts';
import { WRITE_PURPOSE, requestCode, signInByCode, waitingFor } from './code-steps.ts';
import { sendStatus, sendWaitingPage } from './waiting-page.ts';
import type { WaitingPlace } from './waiting-page.ts';
import { submitWritten } from './submit-written.ts';
import type { WriteDeps } from './submit-written.ts';
import { TYPED_FILES_MAX, readTypedFields } from '../http/typed-mail.ts';
import { wantsJson } from '../http/wants-json.ts';

const writesPerAddress: Limit = { name: 'writes per address', most: 30, windowMs: DAY_MS };
const writesPerNetwork: Limit = { name: 'writes per network', most: 300, windowMs: DAY_MS };
/** So that many mailboxes of one hand do not fill the organisation's. */
const writesInAll: Limit = { name: 'writes in all', most: 10_000, windowMs: DAY_MS };

const addressForm = z.object({ address: z.string().max(400).default('') });
const codeForm = z.object({ code: z.string().max(100) });

export function writeRoutes(deps: WriteDeps): Router {
  const { site } = deps;
  const { writing, base } = site;
  const path = `${base}/write`;
  const place: WaitingPlace = { door: 'front', purpose: WRITE_PURPOSE, path, back: path, others: {} };
  const router = Router();

  router.get('/write', async (req, res) => {
    const { session, browserHash, words } = visitOf(req);
    if (writing.from === 'nobody') throw notFound();
    if (session === undefined && writing.from === 'anyone') {
      await sendPage(site, req, res, proveAddressPage(req, ''));
      return;
    }
    const { addressIndex } = await checkMayWrite(site, checkSignedIn(req));
    const kept = await loadKeptLetter(site, site.db, { addressIndex, browserHash });
    await sendPage(site, req, res, {
      name: 'write',
      title: words.say('writing.title'),
      at: 'write',
      model: writePage(
        req,
        kept === undefined
          ? {}
          : { to: kept.to, subject: kept.subject, text: kept.text, note: words.say('writing.set-aside') },
      ),
    });
  });

  router.post('/write', async (req, res) => {
    if (writing.from === 'nobody') throw notFound();
    if (visitOf(req).session === undefined) {
      await keepTyped(site, req, res, keeping, async (checkToken) => {
        const typed = await readTypedFields(req, site.messageBytesMax, checkToken);
        const [to = '', subject = '', text = ''] = ['to', 'subject', 'text'].map((name) => typed.get(name));
        return { to, subject, text };
      });
      return;
    }
    const session = await checkMayWrite(site, checkSignedIn(req));
    await chargeAll(site, [
      [writesPerNetwork, visitOf(req).network],
      [writesPerAddress, session.addressIndex],
      [writesInAll, ''],
    ]);
    const fields = new Map<string, string>();
    let id: string;
    try {
      id = await submitWritten(deps, req, session, fields);
    } catch (error) {
      if (!isRefusal(error, 'request/malformed', 'mail/too-large', 'mail/recipients', 'policy/unknown-value'))
        throw error;
      await tellAgain(req, res, fields, error);
      return;
    }
    const next = doneUrl(site, req, `${base}/written/${id}`, '1');
    if (wantsJson(req)) res.json({ next });
    else res.redirect(303, next);
  });

  router.post('/write/passcode', async (req, res) => {
    checkForStrangers();
    const form = readForm(req, addressForm);
    // "Send another code" on the waiting page carries no address: it is on record.
    const waiting = form.address === '' ? await waitingFor(site, req, WRITE_PURPOSE) : undefined;
    const address = waiting?.address ?? parseAddress(form.address.trim());
    if (address === undefined) {
      const error = visitOf(req).words.say('writing.whole-address');
      await sendPage(site, req, res, { ...proveAddressPage(req, form.address, error), status: 422 });
      return;
    }
    await requestCode(site, req, WRITE_PURPOSE, address);
    res.redirect(303, `${base}/write/verify`);
  });

  router.get('/write/verify', async (req, res) => {
    checkForStrangers();
    const waiting = await waitingFor(site, req, WRITE_PURPOSE);
    if (waiting === undefined) res.redirect(303, `${base}/write`);
    else await sendWaitingPage(site, req, res, place, waiting);
  });

  router.get('/write/verify/status', (req, res) => {
    checkForStrangers();
    return sendStatus(site, req, res, place);
  });

  router.post('/write/verify', async (req, res) => {
    checkForStrangers();
    const { code } = readForm(req, codeForm);
    try {
      await signInByCode(site, req, res, WRITE_PURPOSE, code);
    } catch (error) {
      if (!isRefusal(error, 'signin/code-refused')) throw error;
      const waiting = await waitingFor(site, req, WRITE_PURPOSE);
      const told = toldIn(visitOf(req).words, error);
      if (waiting === undefined) {
        await sendPage(site, req, res, { ...proveAddressPage(req, '', told), status: 422 });
      } else {
        await sendWaitingPage(site, req, res, place, waiting, { error: told, status: 422 });
      }
      return;
    }
    res.redirect(303, `${base}/write`);
  });

  return router;

  async function keeping(lost: Session): Promise<Keeping<Letter> | undefined> {
    if (!(await mayWrite(site, lost))) return undefined;
    return {
      keep: (tx, typed, browserHash) => keepLetter(site, tx, { browserHash, addressIndex: lost.addressIndex }, typed),
      next: '/write',
      // Whom nobody here has met gets a code on this page only.
      signIn: writing.from === 'anyone' ? '/write' : '/sign-in',
    };
  }

  function checkForStrangers(): void {
    if (writing.from !== 'anyone') throw notFound();
  }

  async function tellAgain(req: Request, res: Response, fields: Map<string, string>, error: AppError): Promise<void> {
    const { words } = visitOf(req);
    const told = toldIn(words, error);
    const status = isRefusal(error, 'mail/too-large') ? 413 : 422;
    if (wantsJson(req)) {
      res.status(status).json({ error: told });
      return;
    }
    const [to, subject, text] = ['to', 'subject', 'text'].map((name) => fields.get(name) ?? '');
    await sendPage(site, req, res, {
      name: 'write',
      title: words.say('writing.title'),
      at: 'write',
      model: writePage(req, { to, subject, text, error: told }),
      status,
    });
  }

  function writePage(
    req: Request,
    typed: Partial<Record<'to' | 'subject' | 'text', string | undefined>> & {
      readonly error?: string;
      readonly note?: string;
    },
  ): WritePage {
    return {
      action: `${base}/write`,
      to: writing.to.map(({ name, address }) => ({ name, address, chosen: address === typed.to })),
      subject: typed.subject ?? '',
      text: typed.text ?? '',
      once: newToken(),
      files: {
        count: TYPED_FILES_MAX,
        size: visitOf(req).words.size(site.messageBytesMax),
        bytes: site.messageBytesMax,
      },
      ...(typed.error === undefined ? {} : { error: typed.error }),
      ...(typed.note === undefined ? {} : { note: typed.note }),
    };
  }

  function proveAddressPage(req: Request, address: string, error?: string) {
    return {
      name: 'prove-address' as const,
      title: visitOf(req).words.say('writing.title'),
      model: { action: `${base}/write/passcode`, address, ...(error === undefined ? {} : { error }) },
    };
  }
}

/** Whether this person may begin a message here. Those of the organisation write from their own mail program. */
export async function mayWrite(
  { db, orgDomains, writing }: Site,
  { address, addressIndex }: Session,
): Promise<boolean> {
  if (writing.from === 'nobody' || orgDomains.includes(domainOf(address))) return false;
  if (writing.from === 'anyone') return true;
  return isRecipient(db, addressIndex);
}

async function checkMayWrite(site: Site, session: Session): Promise<Session> {
  if (!(await mayWrite(site, session))) throw notFound();
  return session;
}

function notFound(): AppError {
  return new AppError('request/not-found', 'There is no such page.');
}
