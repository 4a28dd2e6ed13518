// Owns looking up what the DNS says of the organisation's domains and of what signs, within limits, and having it judged. It
// publishes nothing and keeps nothing.

import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Dns } from '../delivery/dns.ts';
import type { StsPolicy } from '../delivery/mta-sts.ts';
import { stsIdOf } from '../delivery/mta-sts.ts';
import { boundedDns } from './bounded-dns.ts';
import { findSpf } from './find-spf.ts';
import { dkimUnset, judgeDkim } from './judge-dkim.ts';
import type { OwnDkim } from './judge-dkim.ts';
import { isDmarc, judgeDmarc } from './judge-dmarc.ts';
import type { DmarcFound } from './judge-dmarc.ts';
import { judgeMx, judgeSpf } from './judge-mail.ts';
import type { Sending } from './judge-mail.ts';
import { judgeSts, judgeTlsRpt } from './judge-tls.ts';
import { told } from './report.ts';
import type { DomainReport, DomainsReport, Finding, Use } from './report.ts';

export interface DomainCheckDeps {
  readonly dns: Dns;
  readonly clock: Clock;
  /** Of MAIL_FROM. */
  readonly author: string;
  readonly orgDomains: readonly string[];
  readonly dkim: OwnDkim | undefined;
  readonly tryOut: boolean;
  /** Whether mail of the organisation's people leaves with them as author. */
  readonly sendsForPeople: boolean;
  readonly findSending: (dns: Dns) => Promise<Sending>;
  readonly fetchSts: (domain: string) => Promise<StsPolicy | undefined>;
  readonly withinMs: number;
}

/** As many domains as are looked at, and questions for each. */
const DOMAINS_MAX = 20;
const QUESTIONS_MAX = 80;

export async function checkDomains(deps: DomainCheckDeps): Promise<DomainsReport> {
  const { author, orgDomains, dkim, withinMs } = deps;
  const domains = [...new Set([author, ...orgDomains, ...(dkim === undefined ? [] : [dkim.domain])])].slice(
    0,
    DOMAINS_MAX,
  );
  const dns = boundedDns(deps.dns, { questionsMax: QUESTIONS_MAX * domains.length, withinMs });
  const sending = await deps.findSending(dns);
  const reports = await Promise.all(domains.map((domain) => checkDomain({ ...deps, dns }, domain, sending)));
  const tones = reports.flatMap(({ findings }) => findings.map(({ tone }) => tone));
  const bad = tones.filter((tone) => tone === 'bad').length;
  const good = tones.filter((tone) => tone === 'good').length;
  return { at: isoNow(deps.clock), domains: reports, bad, open: tones.length - bad - good };
}

async function checkDomain(deps: DomainCheckDeps, domain: string, sending: Sending): Promise<DomainReport> {
  const { dns, dkim, author } = deps;
  const uses = usesOf(deps, domain);
  const isAuthor = domain === author;
  const signing: Finding[] =
    dkim?.domain === domain
      ? [judgeDkim(dkim, await dns.txt(`${dkim.selector}._domainkey.${domain}`))]
      : isAuthor && dkim === undefined
        ? [dkimUnset(domain, deps.tryOut)]
        : [];
  if (uses.every((use) => use === 'signs')) return told(domain, uses, signing);
  const [mx, spf, dmarc, announced, reports] = await Promise.all([
    dns.mx(domain),
    findSpf(dns, domain),
    findDmarc(dns, domain),
    dns.txt(`_mta-sts.${domain}`),
    dns.txt(`_smtp._tls.${domain}`),
  ]);
  const isAnnounced = announced.kind === 'found' && stsIdOf(announced.records) !== undefined;
  const policy = isAnnounced ? await deps.fetchSts(domain) : undefined;
  const spfFound = judgeSpf(spf, sending, isAuthor);
  const envelopeSpf = isAuthor ? spfFound : judgeSpf(await findSpf(dns, author), sending, true);
  return told(domain, uses, [
    judgeMx(domain, mx, uses),
    spfFound,
    ...signing,
    judgeDmarc(dmarc, {
      domain,
      signer: dkim?.domain,
      envelope: author,
      spf: envelopeSpf.tone,
      isSent: !deps.tryOut && (isAuthor || deps.sendsForPeople),
    }),
    judgeSts({ domain, announced, policy, mx, newId: isoNow(deps.clock).replace(/\D/g, '').slice(0, 14) }),
    judgeTlsRpt(domain, reports),
  ]);
}

function usesOf({ author, orgDomains, dkim }: DomainCheckDeps, domain: string): Use[] {
  return [
    ...(domain === author ? (['author'] as const) : []),
    ...(orgDomains.includes(domain) ? (['senders'] as const) : []),
    ...(dkim?.domain === domain ? (['signs'] as const) : []),
  ];
}

/** As high as anybody looks; the last label alone is nobody's. */
const DMARC_STEPS_MAX = 5;

async function findDmarc(dns: Dns, domain: string): Promise<DmarcFound> {
  let at = domain;
  let found = await dns.txt(`_dmarc.${at}`);
  for (let steps = 1; steps < DMARC_STEPS_MAX; steps += 1) {
    const isThere = found.kind === 'found' && found.records.some(isDmarc);
    const above = at.slice(at.indexOf('.') + 1);
    if (isThere || found.kind === 'failed' || found.kind === 'bogus' || !above.includes('.')) break;
    at = above;
    found = await dns.txt(`_dmarc.${at}`);
  }
  return { at, found };
}
