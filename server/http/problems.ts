// Owns translating what went wrong into an HTTP answer: one table for refusals, one neutral page for
// bugs and weather. No internal text ever reaches a page.

import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import { SECOND_MS, isoTime } from '../core/clock.ts';
import { AppError, isRefusal, toldInPieces } from '../core/errors.ts';
import type { RefusalCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { asStorageFull } from '../core/storage-full.ts';
import { asWeather } from '../core/weather.ts';
import type { Key } from '../language/catalogue.ts';
import { DEFAULT_LANGUAGE } from '../language/languages.ts';
import { plainly, timeAt } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import { sentence, wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import type { ProblemPage } from '../render/page-models/dead-ends.ts';
import type { Session } from '../signin/sessions.store.ts';
import { setCookie } from './cookies.ts';
import { noSuchPage } from './nothing-here.ts';
import { hereOf, sendPage } from './page.ts';
import type { Site } from './site.ts';
import { findVisit, keepsCookies } from './visit.ts';

export const statusOf: Record<RefusalCode, number> = {
  'mail/unreadable': 422,
  'mail/too-large': 413,
  'mail/rights-protected': 422,
  'mail/encrypted': 422,
  'mail/author': 403,
  'mail/recipients': 422,
  'mail/loop': 422,
  'policy/unknown-value': 422,
  'policy/refused': 422,
  'request/malformed': 422,
  'request/forged': 403,
  'request/conflict': 409,
  'request/outdated': 412,
  'request/version-needed': 428,
  'request/not-found': 404,
  'request/right-withheld': 403,
  'request/gone': 410,
  'request/unauthenticated': 401,
  'request/forbidden': 403,
  'signin/code-refused': 422,
  'signin/way-refused': 422,
  'signin/phrase-refused': 422,
  'signin/proof-needed': 403,
  'request/too-many': 429,
  'server/busy': 503,
  'server/unavailable': 503,
  'server/storage-full': 507,
};

const headings: Record<RefusalCode, Key> = {
  'mail/unreadable': 'problem.mail-unreadable',
  'mail/too-large': 'problem.mail-too-large',
  'mail/rights-protected': 'problem.mail-rights-protected',
  'mail/encrypted': 'problem.mail-unreadable',
  'mail/author': 'problem.mail-author',
  'mail/recipients': 'problem.mail-recipients',
  'mail/loop': 'problem.mail-loop',
  'policy/unknown-value': 'problem.policy-unknown-value',
  'policy/refused': 'problem.policy-refused',
  'request/malformed': 'problem.malformed',
  'request/forged': 'problem.forged',
  'request/conflict': 'problem.conflict',
  'request/outdated': 'problem.conflict',
  'request/version-needed': 'problem.malformed',
  'request/not-found': 'problem.not-found',
  'request/right-withheld': 'problem.right-withheld',
  'request/gone': 'problem.gone',
  'request/unauthenticated': 'problem.unauthenticated',
  'request/forbidden': 'problem.forbidden',
  'signin/code-refused': 'problem.code-refused',
  'signin/way-refused': 'problem.way-refused',
  'signin/phrase-refused': 'problem.phrase-refused',
  'signin/proof-needed': 'problem.proof-needed',
  'request/too-many': 'problem.too-many',
  'server/busy': 'problem.busy',
  'server/unavailable': 'problem.unavailable',
  'server/storage-full': 'problem.storage-full',
};

/** Nothing answered: the same page as for what is not yours. */
export const notFound: RequestHandler = () => {
  throw noSuchPage();
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
export const NEXT_PATH = /^\/(?:messages|sent|admin|account|compose|write|written)(?:\/[\w/-]*)?$/;

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
      const status = why === undefined ? FAILED_STATUS : statusOf[why.code];
      const told = why?.message ?? wordsIn(DEFAULT_LANGUAGE).say('problem.failed-means');
      res.status(status).set('Cache-Control', 'no-store').type('text/plain').send(told);
    }
  };
}

async function sendProblem(site: Site, req: Request, res: Response, refusal: AppError | undefined): Promise<void> {
  const { session, words } = await findVisit(site, req, res);
  const model =
    refusal?.code === 'request/forged' ? forgedModel(site, req, words) : modelOf(site, session, words, refusal);
  await sendPage(site, req, res, {
    name: 'problem',
    title: model.heading,
    status: refusal === undefined ? FAILED_STATUS : statusOf[refusal.code],
    model,
  });
}

// A browser that keeps no cookies gets here with every form; by what it is told it can help itself.
function forgedModel(site: Site, req: Request, words: Words): ProblemPage {
  const keeps = keepsCookies(site, req);
  return {
    heading: words.say(keeps ? 'problem.forged' : 'problem.cookies'),
    sentences: [plainly(words.say(keeps ? 'problem.forged-means' : 'problem.cookies-means'))],
    actions: [{ label: words.say('problem.go-form'), url: hereOf(site, req) }],
  };
}

function modelOf(site: Site, session: Session | undefined, words: Words, refusal: AppError | undefined): ProblemPage {
  return {
    heading: words.say(refusal === undefined ? 'problem.failed' : headings[refusal.code]),
    sentences: sentencesFor(words, refusal, site.clock.nowMs()),
    actions: isOverByWaiting(refusal) ? [] : waysOn(site, session, words, refusal),
  };
}

const FAILED_STATUS = 500;

function sentencesFor(words: Words, refusal: AppError | undefined, nowMs: number): Told[] {
  const say = (key: Key): Told => plainly(words.say(key));
  if (refusal === undefined) return [say('problem.failed-means')];
  switch (refusal.code) {
    case 'request/not-found':
      return [say('problem.not-found-means'), say('problem.not-found-helps')];
    case 'request/unauthenticated':
      return [say('problem.unauthenticated-means')];
    case 'request/gone':
      return [toldInPieces(words, refusal), say('problem.gone-helps')];
    default: {
      const told = toldInPieces(words, refusal);
      const { retryAfterSeconds } = refusal;
      if (retryAfterSeconds === undefined) return [told];
      return [
        told,
        plainly(waitWords(words, Math.ceil(retryAfterSeconds / 60))),
        words.tell('problem.wait-until', { time: timeAt(isoTime(nowMs + retryAfterSeconds * SECOND_MS)) }),
      ];
    }
  }
}

/** Nobody counts in minutes what lasts most of a day. */
function waitWords(words: Words, minutes: number): string {
  if (minutes < 120) return words.say('problem.wait', { minutes });
  return words.say('problem.wait-hours', { hours: Math.ceil(minutes / 60) });
}

/** Whether the same request will do later, so that leading away from it would help nobody. */
function isOverByWaiting(refusal: AppError | undefined): boolean {
  return isOurFault(refusal) || isRefusal(refusal, 'request/too-many', 'server/busy', 'server/unavailable');
}

function isOurFault(refusal: AppError | undefined): boolean {
  return refusal === undefined || refusal.code === 'server/storage-full';
}

function waysOn(site: Site, session: Session | undefined, words: Words, refusal: AppError | undefined): Way[] {
  const first =
    session === undefined
      ? { label: words.say('problem.go-sign-in'), url: `${site.base}/sign-in` }
      : { label: words.say('problem.go-messages'), url: `${site.base}/messages` };
  if (refusal?.code !== 'request/not-found') return [first];
  return [first, { label: words.say('problem.go-notices'), url: `${site.base}/sign-in/notices` }];
}

type Way = ProblemPage['actions'][number];

/** Express's own complaints about an address or a body become refusals of ours. */
function asRefusal(error: unknown): AppError | undefined {
  if (isRefusal(error)) return error;
  const ours = asStorageFull(error) ?? asWeather(error);
  if (ours !== undefined) return ours;
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status < 400 || error.status >= 500) return undefined;
  // A broken percent-encoding in the path: there is no such page.
  if (error instanceof URIError) return noSuchPage();
  if (error.status !== 413) return new AppError('request/malformed', sentence('problem.request-unreadable'));
  const limit = 'limit' in error && typeof error.limit === 'number' ? error.limit : undefined;
  const told =
    limit === undefined
      ? sentence('problem.page-too-large')
      : sentence('problem.page-too-large-for', { size: { bytes: limit } });
  return new AppError('mail/too-large', told);
}
