// Owns fetching a domain's MTA-STS policy (RFC 8461 section 3.3): https with a certificate that holds, no redirect, little time
// and few bytes, and only to addresses where a server of somebody else may lie.

import { request } from 'node:https';
import { pinnedTo } from '../net/pinned-lookup.ts';
import type { Dns } from './dns.ts';
import { tlsFaultOf } from '../mail/courier-failure.ts';
import { STS_POLICY_BYTES_MAX, parseStsPolicy } from './mta-sts.ts';
import type { StsPolicy } from './mta-sts.ts';

export interface StsFetchDeps {
  readonly dns: Dns;
  readonly httpsPort: number;
  readonly mayReach: (address: string) => boolean;
}

const FETCH_MS = 10_000;

/** By the names of RFC 8460 section 4.3.2.2. */
export type StsFault = 'sts-policy-fetch-error' | 'sts-policy-invalid' | 'sts-webpki-invalid';

export type FetchedPolicy =
  { readonly kind: 'policy'; readonly policy: StsPolicy } | { readonly kind: 'failed'; readonly fault: StsFault };

export async function fetchStsPolicy(deps: StsFetchDeps, domain: string): Promise<FetchedPolicy> {
  const host = `mta-sts.${domain}`;
  const found = await deps.dns.addresses(host);
  const addresses = found.kind === 'found' ? found.records.filter(deps.mayReach) : [];
  if (addresses.length === 0) return failed('sts-policy-fetch-error');
  const got = await get(host, deps.httpsPort, addresses);
  if ('fault' in got) return failed(got.fault);
  const policy = parseStsPolicy(got.text);
  return policy === undefined ? failed('sts-policy-invalid') : { kind: 'policy', policy };
}

function failed(fault: StsFault): FetchedPolicy {
  return { kind: 'failed', fault };
}

type Got = { readonly text: string } | { readonly fault: StsFault };

const unfetched: Got = { fault: 'sts-policy-fetch-error' };

function get(host: string, port: number, addresses: readonly string[]): Promise<Got> {
  return new Promise((resolve) => {
    const asked = request({
      host,
      port,
      path: '/.well-known/mta-sts.txt',
      method: 'GET',
      servername: host,
      headers: { host: port === 443 ? host : `${host}:${port}`, accept: 'text/plain' },
      lookup: pinnedTo(addresses),
      agent: false,
      minVersion: 'TLSv1.2',
    });
    const settle = (got: Got): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(got);
    };
    const timer = setTimeout(() => settle(unfetched), FETCH_MS);
    asked.on('error', (error) => settle(isOfCertificate(error) ? { fault: 'sts-webpki-invalid' } : unfetched));
    asked.on('response', (response) => {
      // RFC 8461 section 3.3: redirects are not followed, and anything but 200 is no policy.
      const type = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (response.statusCode !== 200 || type !== 'text/plain') return settle(unfetched);
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > STS_POLICY_BYTES_MAX) settle({ fault: 'sts-policy-invalid' });
        else pieces.push(piece);
      });
      response.on('error', () => settle(unfetched));
      response.on('end', () =>
        settle(response.complete ? { text: Buffer.concat(pieces).toString('utf8') } : unfetched),
      );
    });
    asked.end();
  });
}

/** It was reached, and what it showed does not hold. */
function isOfCertificate(error: Error): boolean {
  const fault = tlsFaultOf(error);
  return fault !== 'validation-failure' && fault !== 'starttls-not-supported';
}
