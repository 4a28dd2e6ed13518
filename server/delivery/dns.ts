// Owns what is asked of the DNS, and asking it of the system's own resolver, whose answers nobody has signed for.

import { Resolver } from 'node:dns/promises';
import { hasCode } from '../core/errors.ts';
import type { TlsaRecord } from '../crypto/server-certificate.ts';

/**
 * secure: it is signed, and the resolver has checked that. none: there is no such record. failed: nobody knows. bogus: what
 * came does not fit its signatures, so somebody may have changed it.
 */
export type Found<T> =
  | { readonly kind: 'found'; readonly records: readonly T[]; readonly secure: boolean }
  | { readonly kind: 'none'; readonly secure: boolean }
  | { readonly kind: 'failed' }
  | { readonly kind: 'bogus' };

export interface MxRecord {
  /** Without its last dot; '' for the null MX (RFC 7505). */
  readonly exchange: string;
  readonly priority: number;
}

export interface Dns {
  /** Whether `secure` can ever be true. */
  readonly validates: boolean;
  mx(domain: string): Promise<Found<MxRecord>>;
  txt(name: string): Promise<Found<string>>;
  /** IPv6 and IPv4. */
  addresses(host: string): Promise<Found<string>>;
  tlsa(name: string): Promise<Found<TlsaRecord>>;
}

const TIMEOUT_MS = 5_000;

export function systemDns(): Dns {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  return {
    validates: false,
    mx: (domain) => ask(async () => await resolver.resolveMx(domain)),
    txt: (name) => ask(async () => (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))),
    addresses: async (host) => {
      const [six, four] = await Promise.all([ask(() => resolver.resolve6(host)), ask(() => resolver.resolve4(host))]);
      return both(six, four);
    },
    tlsa: () => Promise.resolve({ kind: 'none', secure: false }),
  };
}

/** What is known of a host by both kinds of addresses. */
export function both(a: Found<string>, b: Found<string>): Found<string> {
  if (a.kind === 'found' && b.kind === 'found') {
    return { kind: 'found', records: [...a.records, ...b.records], secure: a.secure && b.secure };
  }
  if (a.kind === 'bogus' || b.kind === 'bogus') return { kind: 'bogus' };
  if (a.kind === 'found') return a;
  if (b.kind === 'found') return b;
  return a.kind === 'failed' ? a : b;
}

async function ask<T>(work: () => Promise<readonly T[]>): Promise<Found<T>> {
  try {
    const records = await work();
    return records.length === 0 ? { kind: 'none', secure: false } : { kind: 'found', records, secure: false };
  } catch (error) {
    return hasCode(error, 'ENOTFOUND', 'ENODATA') ? { kind: 'none', secure: false } : { kind: 'failed' };
  }
}
