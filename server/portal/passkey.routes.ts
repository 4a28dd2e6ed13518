// Owns signing in by a passkey, on each page that offers it. What the browser's authenticator signed comes back in a
// form; without scripts there is none, and the page offers the code.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Address } from '../core/address.ts';
import { isRefusal } from '../core/errors.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { beginUsing, finishUsing } from '../signin/passkeys.ts';
import type { PasskeyDeps } from '../signin/passkeys.ts';
import { beginSession, handOverSession } from './begin-session.ts';
import { getLink } from './link.routes.ts';
import { findReadable } from './reading.ts';
import { refuseWay } from './refused-way.ts';
import { goOn } from './sign-in.routes.ts';

const nothing = z.object({});
const answerForm = z.object({ answer: z.string().max(100_000).default('') });

export function passkeyRoutes(site: Site): Router {
  const router = Router();

  router.post('/sign-in/passkey/options', async (req, res) => {
    readForm(req, nothing);
    const { browserHash, network } = visitOf(req);
    res.json(await beginUsing(passkeysOf(site), { browserHash, network }));
  });

  router.post('/sign-in/passkey', async (req, res) => {
    const { answer } = readForm(req, answerForm);
    await signIn(site, req, res, answer, { purpose: 'sign-in', back: `${site.base}/sign-in` });
  });

  router.post('/m/:token/passkey', async (req, res) => {
    const { answer } = readForm(req, answerForm);
    const { recipient, address, path } = await getLink(site, req);
    const next = `${site.base}/messages/${recipient.message_id}`;
    await signIn(site, req, res, answer, { purpose: recipient.id, expected: address, next, back: path });
  });

  router.post('/messages/:id/prove/passkey', async (req, res) => {
    const { answer } = readForm(req, answerForm);
    const { session, recipient, message } = await findReadable(site, req);
    const next = `${site.base}/messages/${message.id}`;
    await signIn(site, req, res, answer, { purpose: recipient.id, expected: session.address, next, back: next });
  });

  return router;
}

/** The parts that passkeys need, or a page that does not exist. */
export function passkeysOf({ passkeys }: Site): PasskeyDeps {
  if (passkeys === undefined) throw noSuchPage();
  return passkeys;
}

interface Destination {
  readonly purpose: string;
  /** The only address that counts; absent where any may sign in. */
  readonly expected?: Address;
  /** Where to afterwards; absent: where people like this one go. */
  readonly next?: string;
  readonly back: string;
}

async function signIn(
  site: Site,
  req: Request,
  res: Response,
  answer: string,
  { purpose, expected, next, back }: Destination,
): Promise<void> {
  const { browserHash } = visitOf(req);
  try {
    const expectedIndex = expected === undefined ? undefined : addressIndex(site.keyring, expected);
    const proved = await finishUsing(passkeysOf(site), { answer, browserHash, expectedIndex }, async (tx, address) => ({
      address,
      token: await beginSession(site, req, tx, { address, way: 'passkey', purpose }),
    }));
    await handOverSession(site, res, proved.token);
    if (next === undefined) goOn(site, req, res, proved.address);
    else res.redirect(303, next);
  } catch (error) {
    if (!isRefusal(error, 'signin/way-refused')) throw error;
    await refuseWay(site, req, res, { method: 'passkey', purpose, back, address: expected }, error);
  }
}
