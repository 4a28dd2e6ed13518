// Owns what one of our own domains says of its mail servers by MTA-STS (RFC 8461): what may be said, the file it becomes, and the id
// under which it is announced. Pure.

import { z } from 'zod';
import { isDomain } from '../core/address.ts';
import { sha256 } from '../crypto/digest.ts';
import { MAX_AGE_SECONDS_MAX, isMxPattern } from './mta-sts.ts';

export const ownStsLimits = { domains: 200, mx: 20, maxAgeSecondsMin: 3_600 } as const;

const domain = z.string().toLowerCase().refine(isDomain, 'is not the name of a domain');

export const ownPolicySchema = z
  .strictObject({
    domain,
    mode: z.enum(['enforce', 'testing', 'none']),
    mx: z
      .array(z.string().toLowerCase().refine(isMxPattern, 'is not the name of a host, or *. and a domain'))
      .max(ownStsLimits.mx),
    maxAgeSeconds: z.int().min(ownStsLimits.maxAgeSecondsMin).max(MAX_AGE_SECONDS_MAX),
  })
  // RFC 8461 section 3.2: with none it needs none.
  .refine(({ mode, mx }) => mode === 'none' || mx.length > 0, {
    path: ['mx'],
    message: 'has to name the servers that take the domain’s mail',
  });

export type OwnPolicy = z.output<typeof ownPolicySchema>;

export const ownPoliciesSchema = z.array(ownPolicySchema).max(ownStsLimits.domains);

/** RFC 8461 section 3.2: lines of key and value. */
export function stsPolicyFile({ mode, mx, maxAgeSeconds }: OwnPolicy): string {
  const lines = ['version: STSv1', `mode: ${mode}`, ...mx.map((host) => `mx: ${host}`), `max_age: ${maxAgeSeconds}`];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** RFC 8461 section 3.1: another one for each other file, and the same for the same. */
export function stsPolicyId(policy: OwnPolicy): string {
  return sha256(Buffer.from(stsPolicyFile(policy)))
    .toString('hex')
    .slice(0, 32);
}

export interface DnsRecord {
  readonly name: string;
  readonly type: 'TXT' | 'CNAME';
  readonly value: string;
}

/** What has to stand in the DNS for others to find it. */
export function recordsFor(policy: OwnPolicy, portalHost: string): DnsRecord[] {
  return [
    { name: `_mta-sts.${policy.domain}`, type: 'TXT', value: `v=STSv1; id=${stsPolicyId(policy)};` },
    { name: `${STS_LABEL}.${policy.domain}`, type: 'CNAME', value: `${portalHost}.` },
  ];
}

/** By which others send their reports about TLS here (RFC 8460 section 3). */
export function tlsRptRecord(ofDomain: string, uri: string): DnsRecord {
  return { name: `_smtp._tls.${ofDomain}`, type: 'TXT', value: `v=TLSRPTv1; rua=${uri}` };
}

/** The host that has the file. */
export const STS_LABEL = 'mta-sts';
