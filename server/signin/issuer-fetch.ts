// Owns the requests that go to an issuer: https only, no redirects, a time limit, and an end to how much is read. What
// answers there is not ours.

import { SECOND_MS } from '../core/clock.ts';
import { isLoopbackHost } from '../core/networks.ts';
import { readWhole } from '../core/read-whole.ts';

export interface IssuerRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export type IssuerFetch = (url: string, request: IssuerRequest) => Promise<Response>;

/** The issuer cannot be reached, or what answers there is not one: not the visitor's fault. */
export class IssuerWeather extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`the issuer ${what}`, options);
    this.name = 'IssuerWeather';
  }
}

export const ISSUER_WAIT_MS = 10 * SECOND_MS;
const answerMost = { bytes: 512 * 1024, tooMuch: () => new IssuerWeather('answers more than it should') };

/** `reach` makes the request itself: fetch, but in tests that have an issuer of their own. */
export function issuerFetch(allowLoopbackHttp: boolean, reach: typeof fetch = fetch): IssuerFetch {
  return async (url, { method = 'GET', headers = {}, body, signal }) => {
    checkPlace(new URL(url), allowLoopbackHttp);
    const late = AbortSignal.timeout(ISSUER_WAIT_MS);
    try {
      const response = await reach(url, {
        method,
        headers,
        redirect: 'manual',
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
        ...(body instanceof URLSearchParams || typeof body === 'string' ? { body } : {}),
      });
      if (response.status >= 500) throw new IssuerWeather(`answered ${response.status}`);
      if (response.status >= 300 && response.status < 400) throw new IssuerWeather('sends elsewhere');
      const read = response.body === null ? null : new Uint8Array(await readWhole(response.body, answerMost));
      return new Response(read, { status: response.status, headers: response.headers });
    } catch (error) {
      if (error instanceof IssuerWeather) throw error;
      throw new IssuerWeather('cannot be reached', { cause: error });
    }
  };
}

function checkPlace({ protocol, hostname }: URL, allowLoopbackHttp: boolean): void {
  if (protocol === 'https:') return;
  if (allowLoopbackHttp && protocol === 'http:' && isLoopbackHost(hostname)) return;
  throw new IssuerWeather('names an address that is not https');
}
