// Owns fetching a domain's MTA-STS policy (RFC 8461 section 3.3): https with a certificate that holds, no redirect, little time
// and few bytes, and only to addresses where a server of somebody else may lie.

import { request } from 'node:https';
import { pinnedTo } from '../net/pinned-lookup.ts';
import type { Dns } from './dns.ts';
import { STS_POLICY_BYTES_MAX, parseStsPolicy } from './mta-sts.ts';
import type { StsPolicy } from './mta-sts.ts';

export interface StsFetchDeps {
  readonly dns: Dns;
  readonly httpsPort: number;
  readonly mayReach: (address: string) => boolean;
}

const FETCH_MS = 10_000;

/** Undefined when there is none that can be had. */
export async function fetchStsPolicy(deps: StsFetchDeps, domain: string): Promise<StsPolicy | undefined> {
  const host = `mta-sts.${domain}`;
  const found = await deps.dns.addresses(host);
  const addresses = found.kind === 'found' ? found.records.filter(deps.mayReach) : [];
  if (addresses.length === 0) return undefined;
  const text = await get(host, deps.httpsPort, addresses);
  return text === undefined ? undefined : parseStsPolicy(text);
}

function get(host: string, port: number, addresses: readonly string[]): Promise<string | undefined> {
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
    const settle = (text: string | undefined): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => settle(undefined), FETCH_MS);
    asked.on('error', () => settle(undefined));
    asked.on('response', (response) => {
      // RFC 8461 section 3.3: redirects are not followed, and anything but 200 is no policy.
      const type = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (response.statusCode !== 200 || type !== 'text/plain') return settle(undefined);
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > STS_POLICY_BYTES_MAX) settle(undefined);
        else pieces.push(piece);
      });
      response.on('error', () => settle(undefined));
      response.on('end', () => settle(response.complete ? Buffer.concat(pieces).toString('utf8') : undefined));
    });
    asked.end();
  });
}
