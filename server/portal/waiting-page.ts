// Owns the page that waits for a code, by whichever door one came: its model, how it stands for the script that asks
// again and again, and what it says when no other code may be asked for.

import type { Request, Response } from 'express';
import { maskAddress } from '../core/address.ts';
import { isRefusal } from '../core/errors.ts';
import type { AppError } from '../core/errors.ts';
import { sendPage } from '../http/page.ts';
import { setRetryAfter } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { plainly, timeAt } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { OtherWays, VerifyPage } from '../render/page-models/signing-in.ts';
import type { Waiting } from '../signin/waiting.ts';
import { codeStatus, timeAfter } from './code-status.ts';
import type { Door } from './code-status.ts';
import { waitingFor } from './code-steps.ts';

export interface WaitingPlace {
  readonly door: Door;
  /** 'sign-in', or the recipient a link belongs to. */
  readonly purpose: string;
  /** Before `/verify` and `/passcode`. */
  readonly path: string;
  /** The page before it. */
  readonly back: string;
  /** What else leads in, as a field of the page's model. */
  readonly others: { readonly ways?: OtherWays };
}

export async function sendWaitingPage(
  site: Site,
  req: Request,
  res: Response,
  place: WaitingPlace,
  waiting: Waiting,
  problem: { readonly error?: string | Told; readonly status?: number } = {},
): Promise<void> {
  const { words } = visitOf(req);
  const { door, path } = place;
  const { error, status } = problem;
  const model: VerifyPage = {
    maskedAddress: maskAddress(waiting.address),
    reference: waiting.reference,
    validMinutes: site.signin.passcodeMinutes,
    action: `${path}/verify`,
    resendAction: `${path}/passcode`,
    backUrl: place.back,
    status: { lines: await codeStatus(site, words, door, waiting), url: `${path}/verify/status` },
    refreshUrl: `${path}/verify`,
    ...place.others,
    ...(door === 'front' ? { noticesAction: `${site.base}/sign-in/notices` } : {}),
    ...(error === undefined ? {} : { error: typeof error === 'string' ? plainly(error) : error }),
  };
  await sendPage(site, req, res, {
    name: 'verify',
    title: words.say('sign-in.verify-title'),
    model,
    ...(status === undefined ? {} : { status }),
  });
}

/** The same lines for the page's script. `ended`: there is nothing more to ask for. */
export async function sendStatus(site: Site, req: Request, res: Response, place: WaitingPlace): Promise<void> {
  const { words } = visitOf(req);
  const waiting = await waitingFor(site, req, place.purpose);
  res.json(
    waiting === undefined
      ? { lines: [plainly(words.say('sign-in.status-over'))], ended: true }
      : { lines: await codeStatus(site, words, place.door, waiting), ended: false },
  );
}

/** When no other code may be asked for, the page still waits for the last one, and says until when. */
export async function stillWaiting(
  site: Site,
  req: Request,
  res: Response,
  place: WaitingPlace,
  error: unknown,
): Promise<void> {
  if (!isRefusal(error, 'request/too-many')) throw error;
  const waiting = await waitingFor(site, req, place.purpose);
  if (waiting === undefined) throw error;
  const { words } = visitOf(req);
  setRetryAfter(res, error);
  await sendWaitingPage(site, req, res, place, waiting, {
    error: words.tell('sign-in.too-many', {
      time: timeAfter(site, secondsOf(error)),
      until: timeAt(waiting.expiresAt),
    }),
    status: 429,
  });
}

function secondsOf({ retryAfterSeconds }: AppError): number {
  return retryAfterSeconds ?? 0;
}
