// Owns requests to an address that somebody typed: https with a verified certificate to the public internet only, to the very
// address that was looked at, no redirects, ten seconds, an end to what is read. It never hands out a word of the answer.

import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { SECOND_MS } from '../core/clock.ts';
import { hasCode } from '../core/errors.ts';
import { isPublicAddress } from '../core/networks.ts';
import { pinnedTo } from './pinned-lookup.ts';

/**
 * REFUSED-TARGET: an address that is not to be reached. DNS: the name leads nowhere. TLS: its certificate proves nothing.
 * TIMEOUT: no whole answer within the time. CONNECT: it cannot be reached, or breaks off.
 */
export type PostFailure = 'REFUSED-TARGET' | 'DNS' | 'TLS' | 'TIMEOUT' | 'CONNECT';

export type Posted =
  { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly why: PostFailure };

export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export type PostOutside = (outgoing: Outgoing) => Promise<Posted>;

/** What is outside, and how it is reached: other than this in tests that have a target of their own. */
export interface Outside {
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly mayReach: (ip: string) => boolean;
  /** PEM of the one authority that is trusted instead of the usual ones. */
  readonly ca?: string;
  readonly waitMs?: number;
}

const WAIT_MS = 10 * SECOND_MS;
const ANSWER_BYTES_MAX = 64 * 1024;

const theInternet: Outside = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  mayReach: isPublicAddress,
};

export function bindPostOutside(outside: Outside = theInternet): PostOutside {
  return async (outgoing) => {
    const late = AbortSignal.timeout(outside.waitMs ?? WAIT_MS);
    try {
      const url = new URL(outgoing.url);
      const ips = await unlessLate(late, addressesOf(outside, url));
      return { kind: 'answered', status: await post(outside, url, ips, outgoing, late) };
    } catch (error) {
      if (error instanceof Failed) return { kind: 'failed', why: error.why };
      return { kind: 'failed', why: late.aborted ? 'TIMEOUT' : faultOf(error) };
    }
  };
}

class Failed extends Error {
  readonly why: PostFailure;

  constructor(why: PostFailure) {
    super(why);
    this.why = why;
  }
}

/** All of them are to be outside: a name that leads to one inside as well is refused. */
async function addressesOf({ resolve, mayReach }: Outside, url: URL): Promise<readonly string[]> {
  if (!isHttps(url)) throw new Failed('REFUSED-TARGET');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  if (found.length === 0) throw new Failed('DNS');
  if (!found.every(mayReach)) throw new Failed('REFUSED-TARGET');
  return found;
}

function isHttps({ protocol, username, password }: URL): boolean {
  return protocol === 'https:' && username === '' && password === '';
}

function post(
  { ca }: Outside,
  url: URL,
  ips: readonly string[],
  { headers, body }: Outgoing,
  signal: AbortSignal,
): Promise<number> {
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    // A connection of its own, made to what was looked at and not to what the name leads to by now.
    agent: false,
    lookup: pinnedTo(ips),
    rejectUnauthorized: true,
    signal,
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (answer) => {
      let bytes = 0;
      const end = (): void => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      };
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > ANSWER_BYTES_MAX) end();
      });
      answer.on('end', end);
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function unlessLate<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Failed('TIMEOUT')), { once: true });
    work.then(resolve, reject);
  });
}

function faultOf(error: unknown): PostFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isTls = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) || hasCode(error, 'EPROTO');
  return isTls ? 'TLS' : 'CONNECT';
}
