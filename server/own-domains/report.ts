// Owns the shape of what is found out about a domain of the organisation in the DNS, and its few words of state.

export type CheckName = 'mx' | 'spf' | 'dkim' | 'dmarc' | 'mta-sts' | 'tls-rpt';

/** off: nobody could tell. */
export type Tone = 'good' | 'waiting' | 'bad' | 'off';

export interface PublishedRecord {
  readonly type: 'TXT' | 'MX';
  readonly name: string;
  readonly value: string;
}

export interface Finding {
  readonly check: CheckName;
  readonly tone: Tone;
  /** What there is, in sentences. */
  readonly says: string;
  /** What to do; absent where there is nothing to do. */
  readonly cure?: string;
  /** The records as they were found. */
  readonly found: readonly string[];
  /** What should stand there instead. */
  readonly publish?: PublishedRecord;
  /** A file that belongs to it, by where it is asked for. */
  readonly file?: { readonly url: string; readonly text: string };
}

/** What a domain is to the organisation. */
export type Use = 'author' | 'senders' | 'signs';

/** With its words. */
export interface ToldFinding extends Finding {
  readonly title: string;
  readonly state: string;
}

export interface DomainReport {
  readonly domain: string;
  /** What it is to the organisation, in words. */
  readonly uses: readonly string[];
  readonly findings: readonly ToldFinding[];
}

export interface DomainsReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly domains: readonly DomainReport[];
  /** How many findings have to be mended. */
  readonly bad: number;
  /** How many could be better, or are not known. */
  readonly open: number;
}

export function told(domain: string, uses: readonly Use[], findings: readonly Finding[]): DomainReport {
  return {
    domain,
    uses: uses.map((use) => useWords[use]),
    findings: findings.map((finding) => ({
      ...finding,
      title: checkTitles[finding.check],
      state: toneWords[finding.tone],
    })),
  };
}

const checkTitles: Readonly<Record<CheckName, string>> = {
  mx: 'MX',
  spf: 'SPF',
  dkim: 'DKIM',
  dmarc: 'DMARC',
  'mta-sts': 'MTA-STS',
  'tls-rpt': 'TLS-RPT',
};

const toneWords: Readonly<Record<Tone, string>> = {
  good: 'In order',
  waiting: 'Could be better',
  bad: 'To be mended',
  off: 'Not known',
};

const useWords: Readonly<Record<Use, string>> = {
  author: 'notices and codes come from it',
  senders: 'its people are senders',
  signs: 'it signs what leaves',
};
