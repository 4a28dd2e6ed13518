// Owns following an SPF record to all that it names, as far as a receiver would and a little further.

import type { Dns, Found } from '../delivery/dns.ts';
import { isSpf, parseSpf, SPF_LOOKUPS_MAX } from './spf.ts';
import type { ResolvedTerm, SpfTerm, SpfTree } from './spf.ts';

type Asked = Pick<Dns, 'txt' | 'mx' | 'addresses'>;

/** So that a record that is too long is told by its number; records that lead in a circle end here as well. */
const FOLLOWED_MAX = 3 * SPF_LOOKUPS_MAX;
/** RFC 7208 section 4.6.4: of one mx. */
const MX_HOSTS_MAX = 10;

export function findSpf(dns: Asked, domain: string): Promise<SpfTree> {
  return follow(dns, domain, { left: FOLLOWED_MAX });
}

async function follow(dns: Asked, domain: string, budget: { left: number }): Promise<SpfTree> {
  const found = await dns.txt(domain);
  const texts = found.kind === 'found' ? found.records.filter(isSpf) : [];
  const nothing = { domain, texts, terms: [] };
  if (found.kind === 'failed' || found.kind === 'bogus') return { ...nothing, state: 'failed' };
  const [text, ...more] = texts;
  if (text === undefined) return { ...nothing, state: 'none' };
  if (more.length > 0) return { ...nothing, state: 'many' };
  const record = parseSpf(text);
  if (record === undefined) return { ...nothing, state: 'malformed' };
  const terms: ResolvedTerm[] = [];
  for (const term of record.terms) terms.push(await resolve(dns, domain, term, budget));
  // RFC 7208 section 6.1: where there is an "all", nobody follows it.
  const leadsOn = record.redirect !== undefined && !record.terms.some(({ kind }) => kind === 'all');
  if (!leadsOn || record.redirect === undefined || spent(budget)) return { domain, state: 'record', texts, terms };
  return { domain, state: 'record', texts, terms, redirect: await follow(dns, record.redirect, budget) };
}

async function resolve(dns: Asked, domain: string, term: SpfTerm, budget: { left: number }): Promise<ResolvedTerm> {
  const { kind, target } = term;
  if (kind === 'all') return term;
  if (kind === 'ip4' || kind === 'ip6') return { ...term, addresses: [target] };
  if (kind === 'ptr' || kind === 'exists' || target.includes('%') || spent(budget)) return { ...term, isOpen: true };
  if (kind === 'include') return { ...term, inner: await follow(dns, target, budget) };
  const name = target === '' ? domain : target;
  if (kind === 'a') return { ...term, addresses: recordsOf(await dns.addresses(name)) };
  const hosts = recordsOf(await dns.mx(name));
  if (hosts === undefined) return { ...term, addresses: undefined };
  const each = await Promise.all(hosts.slice(0, MX_HOSTS_MAX).map(({ exchange }) => dns.addresses(exchange)));
  const known = each.map(recordsOf);
  return { ...term, addresses: known.includes(undefined) ? undefined : known.flatMap((one) => one ?? []) };
}

function spent(budget: { left: number }): boolean {
  budget.left -= 1;
  return budget.left < 0;
}

function recordsOf<T>(found: Found<T>): readonly T[] | undefined {
  return found.kind === 'found' ? found.records : found.kind === 'none' ? [] : undefined;
}
