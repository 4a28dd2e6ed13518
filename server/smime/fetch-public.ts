// Owns asking a web address that stands in somebody's certificate: the open internet only, by plain http or https, within limits of
// time and size, no redirect. Whoever wrote the address must not reach through it what only this machine can reach.

import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { SECOND_MS } from '../core/clock.ts';
import { isPublicAddress } from '../core/networks.ts';
import { readWhole } from '../core/read-whole.ts';

export interface PublicAsk {
  readonly body?: Buffer;
  readonly contentType?: string;
  readonly bytesMax: number;
}

export interface PublicFetchOptions {
  readonly waitMs?: number;
  /** Tests have no authority on the open internet. */
  readonly mayReach?: (ip: string) => boolean;
  readonly ports?: readonly string[];
}

/** The bytes of a 200; rejects for everything else. */
export type PublicFetch = (url: string, ask: PublicAsk) => Promise<Buffer>;

const WAIT_MS = 10 * SECOND_MS;
/** '' is the scheme's own. */
const PORTS: readonly string[] = ['', '80', '443'];

export function createPublicFetch(options: PublicFetchOptions = {}): PublicFetch {
  const { waitMs = WAIT_MS, mayReach = isPublicAddress, ports = PORTS } = options;
  const guarded = guardedLookup(mayReach);
  return async (text, { body, contentType, bytesMax }) => {
    const url = new URL(text);
    const isHttps = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (!isHttps && url.protocol !== 'http:') throw new Error('not a web address');
    if (url.username !== '' || url.password !== '' || !ports.includes(url.port)) throw new Error('an odd web address');
    // A number is connected to without being looked up.
    if (isIP(host) !== 0 && !mayReach(host)) throw new Error('not an address of the open internet');
    const signal = AbortSignal.timeout(waitMs);
    return new Promise((resolve, reject) => {
      const ask = (isHttps ? httpsRequest : httpRequest)(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: contentType === undefined ? {} : { 'Content-Type': contentType },
        lookup: guarded,
        agent: false,
        signal,
      });
      ask.once('error', reject);
      ask.once('response', (answer) => {
        if (answer.statusCode !== 200) {
          answer.destroy();
          reject(new Error(`answered ${answer.statusCode ?? 0}`));
          return;
        }
        const most = { bytes: bytesMax, tooMuch: () => new Error('answers more than it should') };
        readWhole(answer, most)
          .catch((error: unknown) => {
            answer.destroy();
            throw error;
          })
          .then(resolve, reject);
      });
      ask.end(body);
    });
  };
}

/** What is connected to is what was looked at: the address goes from here to the socket. */
function guardedLookup(mayReach: (ip: string) => boolean): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error !== null) done(error, '', 0);
      else if (first === undefined || !found.every(({ address }) => mayReach(address))) {
        done(new Error('not an address of the open internet'), '', 0);
      } else if (options.all === true) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}
