// Owns writing a day's report about TLS for one domain (RFC 8460 section 4), and reading where the domain wants it. Pure.

import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import type { CountedResult } from './tls-results.store.ts';

export interface ReportFrame {
  readonly organization: string;
  /** `example.com`: whose servers send. */
  readonly submitter: string;
  readonly contact: Address;
  readonly domain: string;
  /** `2026-11-28`, in UTC. */
  readonly day: string;
}

export function tlsReportId({ day, domain, submitter }: ReportFrame): string {
  return `${day}T00:00:00Z_${submitter}_${domain}`;
}

/** RFC 8460 section 5.1. */
export function tlsReportFilename({ submitter, domain, day }: ReportFrame): string {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1_000;
  return `${submitter}!${domain}!${begin}!${begin + 86_399}.json.gz`;
}

export function tlsReportJson(frame: ReportFrame, results: readonly CountedResult[]): string {
  const { organization, contact, domain, day } = frame;
  return JSON.stringify({
    'organization-name': organization,
    'date-range': { 'start-datetime': `${day}T00:00:00Z`, 'end-datetime': `${day}T23:59:59Z` },
    'contact-info': contact,
    'report-id': tlsReportId(frame),
    policies: [...byPolicy(results).values()].map((group) => policyOf(domain, group)),
  });
}

function byPolicy(results: readonly CountedResult[]): Map<string, CountedResult[]> {
  const groups = new Map<string, CountedResult[]>();
  for (const result of results) {
    // The hosts that TLSA records belong to are several of one policy of the domain.
    const key = JSON.stringify([result.policy.type, result.policy.strings]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return groups;
}

function policyOf(domain: string, group: readonly CountedResult[]): object {
  const [first] = group;
  const { type = 'no-policy-found', strings = [] } = first?.policy ?? {};
  const mx = [...new Set(group.flatMap(({ policy }) => policy.mx))];
  const failures = group.filter(({ fault }) => fault !== undefined);
  const sum = (some: readonly CountedResult[]): number => some.reduce((total, { count }) => total + count, 0);
  return {
    policy: {
      'policy-type': type,
      ...(strings.length === 0 ? {} : { 'policy-string': strings }),
      'policy-domain': domain,
      ...(mx.length === 0 ? {} : { 'mx-host': mx }),
    },
    summary: {
      'total-successful-session-count': sum(group) - sum(failures),
      'total-failure-session-count': sum(failures),
    },
    ...(failures.length === 0
      ? {}
      : {
          'failure-details': failures.map(({ fault, host, count }) => ({
            'result-type': fault,
            ...(host === '' ? {} : { 'receiving-mx-hostname': host }),
            'failed-session-count': count,
          })),
        }),
  };
}

export type ReportTarget =
  { readonly by: 'mail'; readonly to: Address } | { readonly by: 'https'; readonly url: string };

/** More are more than anybody needs, and would make of one record many requests. */
const TARGETS_MAX = 2;

/** What the TXT records at `_smtp._tls` say (RFC 8460 section 3); none when there is none, or more than one says so. */
export function reportTargets(records: readonly string[]): ReportTarget[] {
  const announced = records.filter((text) => /^v=TLSRPTv1[ \t]*;/.test(text));
  const [only] = announced;
  if (only === undefined || announced.length > 1) return [];
  const rua = only.split(';').flatMap((field) => /^\s*rua=(.*)$/s.exec(field)?.[1] ?? [])[0] ?? '';
  return rua
    .split(',')
    .flatMap((uri) => targetOf(uri.trim()))
    .slice(0, TARGETS_MAX);
}

function targetOf(uri: string): ReportTarget[] {
  if (!URL.canParse(uri)) return [];
  const url = new URL(uri);
  if (url.protocol === 'https:') return [{ by: 'https', url: url.href }];
  if (url.protocol !== 'mailto:') return [];
  try {
    const to = parseAddress(decodeURIComponent(url.pathname));
    return to === undefined ? [] : [{ by: 'mail', to }];
  } catch {
    return [];
  }
}
