// Owns translating what went wrong into an HTTP answer: one table for refusals, one neutral page for
// bugs and weather. No internal text ever reaches a page.

import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError, isRefusal } from '../core/errors.ts';
import type { RefusalCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { asStorageFull } from '../core/storage-full.ts';
import { asWeather } from '../core/weather.ts';
import { sizeWords } from '../render/size.ts';
import type { Session } from '../signin/sessions.store.ts';
import { setCookie } from './cookies.ts';
import { sendPage } from './page.ts';
import type { Site } from './site.ts';
import { findVisit } from './visit.ts';

export const statusOf: Record<RefusalCode, number> = {
  'mail/unreadable': 422,
  'mail/too-large': 413,
  'mail/rights-protected': 422,
  'mail/author': 403,
  'mail/recipients': 422,
  'mail/loop': 422,
  'policy/unknown-value': 422,
  'policy/refused': 422,
  'request/malformed': 422,
  'request/forged': 403,
  'request/conflict': 409,
  'request/not-found': 404,
  'request/right-withheld': 403,
  'request/gone': 410,
  'request/unauthenticated': 401,
  'request/forbidden': 403,
  'signin/code-refused': 422,
  'request/too-many': 429,
  'server/busy': 503,
  'server/unavailable': 503,
  'server/storage-full': 507,
};

const headings: Record<RefusalCode, string> = {
  'mail/unreadable': 'This could not be read',
  'mail/too-large': 'This is too large',
  'mail/rights-protected': 'This is protected already',
  'mail/author': 'This address cannot write from here',
  'mail/recipients': 'Nobody to send this to',
  'mail/loop': 'This mail has been here before',
  'policy/unknown-value': 'This protection does not exist',
  'policy/refused': 'This cannot be sent',
  'request/malformed': 'Something in the form is missing',
  'request/forged': 'This form was not sent from our page',
  'request/conflict': 'This has changed meanwhile',
  'request/not-found': 'There is nothing here',
  'request/right-withheld': 'The sender has not allowed this',
  'request/gone': 'This message can no longer be read',
  'request/unauthenticated': 'Sign in first',
  'request/forbidden': 'This is not yours to do',
  'signin/code-refused': 'The code did not fit',
  'request/too-many': 'Too many tries for now',
  'server/busy': 'Much is going on right now',
  'server/unavailable': 'This does not work just now',
  'server/storage-full': 'There is no room just now',
};

/** Nothing answered: the same page as for what is not yours. */
export const notFound: RequestHandler = () => {
  throw new AppError('request/not-found', 'There is no such page.');
};

/** Where nobody knows better. */
const RETRY_AFTER_SECONDS: Partial<Record<RefusalCode, number>> = { 'server/busy': 30, 'server/unavailable': 10 };

/** RFC 9110 section 10.2.3: when the same request will do, where that is known or likely. */
export function setRetryAfter(res: Response, refusal: AppError | undefined): void {
  if (refusal === undefined) return;
  const seconds = refusal.retryAfterSeconds ?? RETRY_AFTER_SECONDS[refusal.code];
  if (seconds !== undefined) res.set('Retry-After', String(seconds));
}

/** What is logged of a request that failed: what an operator has to see to, and what goes over by itself. */
export function logProblem(log: Log, event: string, method: string, error: unknown, refusal?: AppError): void {
  if (refusal?.code === 'server/unavailable') log.warn(event, { method, reason: 'weather', err: error });
  else if (isOurFault(refusal)) log.error(event, { method, err: error });
}

/** Where a visitor may be taken after signing in. */
export const NEXT_PATH = /^\/(?:messages|sent|admin|account|write|written)(?:\/[\w/-]*)?$/;

/** The last word on every page's error. */
export function problemPages(site: Site): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return async (error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const refusal = asRefusal(error);
    logProblem(site.log, 'request.failed', req.method, error, refusal);
    if (res.headersSent) {
      // The answer is under way: cutting the line is the only way left to say that it is not whole.
      res.destroy();
      return;
    }
    if (refusal?.code === 'request/unauthenticated' && (req.method === 'GET' || req.method === 'HEAD')) {
      const path = req.originalUrl.slice(site.base.length);
      if (NEXT_PATH.test(path)) setCookie(site, res, 'next', path);
      res.redirect(303, `${site.base}/sign-in`);
      return;
    }
    setRetryAfter(res, refusal);
    try {
      await sendProblem(site, req, res, refusal);
    } catch (failure) {
      // Even a page about it needs the database, for the brand and for who is visiting.
      const why = asRefusal(failure);
      logProblem(site.log, 'problem.failed', req.method, failure, why);
      setRetryAfter(res, why);
      const { status, sentences } =
        why === undefined ? FAILED : { status: statusOf[why.code], sentences: [why.message] };
      res.status(status).set('Cache-Control', 'no-store').type('text/plain').send(sentences.join('\n'));
    }
  };
}

async function sendProblem(site: Site, req: Request, res: Response, refusal: AppError | undefined): Promise<void> {
  const { session } = await findVisit(site, req, res);
  const heading = refusal === undefined ? 'Something went wrong on our side' : headings[refusal.code];
  await sendPage(site, req, res, {
    name: 'problem',
    title: heading,
    status: refusal === undefined ? FAILED.status : statusOf[refusal.code],
    model: {
      heading,
      sentences: refusal === undefined ? FAILED.sentences : sentencesFor(refusal),
      actions: isOverByWaiting(refusal) ? [] : [wayOn(site, session)],
    },
  });
}

const FAILED = {
  status: 500,
  sentences: [
    'Nothing of yours is lost. Try it once more in a minute; if it happens again, tell the person who wrote to you.',
  ],
};

function sentencesFor(refusal: AppError): string[] {
  if (refusal.code === 'request/not-found') {
    return [
      'This page does not exist, or it belongs to somebody else.',
      'If you followed a link from a mail, open it from the mail again, or sign in with the address the mail was sent to.',
    ];
  }
  if (refusal.code === 'request/gone') return [refusal.message, 'Ask the person who sent it if you still need it.'];
  if (refusal.retryAfterSeconds !== undefined) {
    const minutes = Math.ceil(refusal.retryAfterSeconds / 60);
    return [refusal.message, `Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, then go on.`];
  }
  return [refusal.message];
}

/** Whether the same request will do later, so that leading away from it would help nobody. */
function isOverByWaiting(refusal: AppError | undefined): boolean {
  return isOurFault(refusal) || isRefusal(refusal, 'request/too-many', 'server/busy', 'server/unavailable');
}

function isOurFault(refusal: AppError | undefined): boolean {
  return refusal === undefined || refusal.code === 'server/storage-full';
}

function wayOn(site: Site, session: Session | undefined): { label: string; url: string } {
  return session === undefined
    ? { label: 'Sign in', url: `${site.base}/sign-in` }
    : { label: 'Go to your messages', url: `${site.base}/messages` };
}

/** Express's own complaints about an address or a body become refusals of ours. */
function asRefusal(error: unknown): AppError | undefined {
  if (isRefusal(error)) return error;
  const ours = asStorageFull(error) ?? asWeather(error);
  if (ours !== undefined) return ours;
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status < 400 || error.status >= 500) return undefined;
  // A broken percent-encoding in the path: there is no such page.
  if (error instanceof URIError) return new AppError('request/not-found', 'There is no such page.');
  if (error.status !== 413) return new AppError('request/malformed', 'The request could not be read.');
  const limit = 'limit' in error && typeof error.limit === 'number' ? ` (${sizeWords(error.limit)})` : '';
  return new AppError('mail/too-large', `What was sent is larger than this page takes${limit}.`);
}
