// Owns the API's errors, RFC 9457 (application/problem+json). No internal text leaves.

import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import { DocumentFaults } from '../core/document-faults.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import type { RefusalCode } from '../core/errors.ts';
import { asStorageFull } from '../core/storage-full.ts';
import type { Log } from '../core/log.ts';
import { asWeather } from '../core/weather.ts';
import { logProblem, setRetryAfter, statusOf } from '../http/problems.ts';

/** The last word on every API call's error. */
export function apiProblems(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const refusal = asRefusal(error);
    logProblem(log, 'api.failed', req.method, error, refusal);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    setRetryAfter(res, refusal);
    if (refusal?.code === 'request/unauthenticated') res.set('WWW-Authenticate', 'Bearer');
    if (refusal === undefined)
      sendProblem(res, 500, 'server/failed', 'Something went wrong on our side. Try again later.');
    else sendProblem(res, statusOf[refusal.code], refusal.code, refusal.message, faultsOf(refusal));
  };
}

function faultsOf(refusal: AppError): { faults?: DocumentFaults['faults'] } {
  return refusal instanceof DocumentFaults ? { faults: refusal.faults } : {};
}

function sendProblem(
  res: Response,
  status: number,
  code: RefusalCode | 'server/failed',
  detail: string,
  more: object = {},
): void {
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: code, status, detail, code, ...more }));
}

function asRefusal(error: unknown): AppError | undefined {
  if (isRefusal(error)) return error;
  const ours = asStorageFull(error) ?? asWeather(error);
  if (ours !== undefined) return ours;
  if (error instanceof z.ZodError) return new AppError('request/malformed', zodWords(error));
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status === 413) {
    const most = 'limit' in error && typeof error.limit === 'number' ? `: it takes at most ${error.limit} bytes` : '';
    return new AppError('mail/too-large', `The body is larger than this call takes${most}.`);
  }
  if (error.status >= 400 && error.status < 500)
    return new AppError('request/malformed', 'The body could not be read as JSON.');
  return undefined;
}

/** Where and what, never the value itself. */
function zodWords(error: z.ZodError): string {
  return error.issues
    .slice(0, 10)
    .map((issue) => {
      if (issue.path.length === 0 && issue.code === 'invalid_type') return 'The body has to be a JSON object';
      const where = issue.path.length === 0 ? 'The call' : issue.path.join('.');
      if (issue.code === 'custom') return `${where} ${issue.message}`;
      if (issue.code !== 'unrecognized_keys') return `${where} ${issueWords[issue.code] ?? 'does not fit'}`;
      return `${where} has an unknown field ${issue.keys.map((key) => key.slice(0, FIELD_CHARACTERS_MAX)).join(', ')}`;
    })
    .join('; ');
}

const FIELD_CHARACTERS_MAX = 40;

const issueWords: Partial<Record<z.core.$ZodIssue['code'], string>> = {
  invalid_type: 'is missing or of another type',
  invalid_union: 'is missing or of another type',
  too_big: 'is too long or too large',
  too_small: 'is too short or too small',
  invalid_format: 'is not of the form it should have',
};
