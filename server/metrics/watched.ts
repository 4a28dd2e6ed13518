// Owns where the figures are taken: around the HTTP answers and around the one road in. It changes nothing of either.

import type { RequestListener } from 'node:http';
import { AppError } from '../core/errors.ts';
import type { Metrics } from './metrics.ts';

/** Express leaves the route it found on the request. */
interface Routed {
  readonly route?: { readonly path?: unknown };
}

/** Measures what `app` answers, by the route's pattern; what no route claimed is `none`. */
export function watchRequests(metrics: Metrics, app: RequestListener): RequestListener {
  return (req, res) => {
    const answered = metrics.startRequest();
    res.once('close', () => {
      const path = (req as Routed).route?.path; // set by Express or absent; looked at as unknown
      answered({ method: req.method ?? '', route: typeof path === 'string' ? path : 'none', status: res.statusCode });
    });
    app(req, res);
  };
}

/** Counts what becomes of each submission. */
export function watchSubmissions<S extends { readonly road: string }, A extends { readonly repeated: boolean }>(
  metrics: Metrics,
  accept: (submission: S) => Promise<A>,
): (submission: S) => Promise<A> {
  return async (submission) => {
    try {
      const accepted = await accept(submission);
      metrics.countSubmission(submission.road, accepted.repeated ? 'repeated' : 'accepted');
      return accepted;
    } catch (error) {
      metrics.countSubmission(submission.road, isRefusal(error) ? 'refused' : 'failed');
      throw error;
    }
  };
}

/** On purpose, and not for want of room, time or a part. */
function isRefusal(error: unknown): boolean {
  return error instanceof AppError && !error.code.startsWith('server/');
}
