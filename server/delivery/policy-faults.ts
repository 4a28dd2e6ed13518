// Owns which faults of a domain's own policies are told to it before any of its servers was spoken to (RFC 8460 section 4.3.2): what
// its DNS, its TLSA records or its MTA-STS policy do wrong. Pure. Where an administrator's connector leads, nobody is told anything;
// `dane-required` never comes, since nothing here demands DANE of a domain that has none.

import { matchesMx } from './mta-sts.ts';
import type { StsPolicy } from './mta-sts.ts';
import { isUsable } from './plan.ts';
import type { Facts } from './plan.ts';
import type { TlsResult } from './tls-results.store.ts';
import type { TlsaRecord } from '../crypto/server-certificate.ts';

/** Each counts as a connection that failed. */
export function policyFaults(facts: Facts): TlsResult[] {
  if (facts.connector !== undefined) return [];
  return [...daneFaults(facts), ...stsFaults(facts)];
}

function daneFaults({ domain, mx, tlsa }: Facts): TlsResult[] {
  const fault = (what: string, host: string, strings: readonly string[] = []): TlsResult => ({
    domain,
    policy: { type: 'tlsa', strings: [...strings], mx: host === '' ? [] : [host] },
    fault: what,
    host,
  });
  // Whose servers those are is not known then.
  if (mx.kind === 'bogus') return [fault('dnssec-invalid', '')];
  if (mx.kind !== 'hosts' || !mx.secure) return [];
  return mx.hosts.flatMap(({ host }) => {
    const found = tlsa.get(host);
    if (found?.kind === 'bogus') return fault('dnssec-invalid', host);
    if (found?.kind !== 'records' || found.records.some(isUsable)) return [];
    return fault('tlsa-invalid', host, found.records.map(tlsaString));
  });
}

function stsFaults({ domain, mx, sts, tlsa }: Facts): TlsResult[] {
  const policy = sts.kind === 'policy' ? stsPolicyOf(sts.policy) : { type: 'sts' as const, strings: [], mx: [] };
  const fetched =
    sts.kind === 'none' || sts.fault === undefined ? [] : [{ domain, policy, fault: sts.fault, host: '' }];
  if (sts.kind !== 'policy' || sts.policy.mode === 'none' || mx.kind !== 'hosts') return fetched;
  // RFC 7672 comes first; of a host that it vouches for MTA-STS is not asked.
  const others = mx.hosts.filter(({ host }) => tlsa.get(host)?.kind !== 'records' && !matchesMx(sts.policy, host));
  return [...fetched, ...others.map(({ host }) => ({ domain, policy, fault: 'validation-failure', host }))];
}

/** As a report names it. */
export function stsPolicyOf({ mode, mx, maxAgeSeconds }: StsPolicy): TlsResult['policy'] {
  const strings = ['version: STSv1', `mode: ${mode}`, ...mx.map((one) => `mx: ${one}`), `max_age: ${maxAgeSeconds}`];
  return { type: 'sts', strings, mx: [...mx] };
}

export function tlsaString({ usage, selector, matching, data }: TlsaRecord): string {
  return `${usage} ${selector} ${matching} ${Buffer.from(data).toString('hex')}`;
}
