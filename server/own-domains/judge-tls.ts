// Owns what is said of a domain's MTA-STS policy and of where reports on TLS go: how mail to the organisation is protected on its
// way. Pure.

import type { Found, MxRecord } from '../delivery/dns.ts';
import { matchesMx, stsIdOf } from '../delivery/mta-sts.ts';
import type { StsPolicy } from '../delivery/mta-sts.ts';
import { NO_ANSWER } from './judge-mail.ts';
import type { Finding } from './report.ts';
import { parseTags } from '../mail/tag-list.ts';

export interface StsFacts {
  readonly domain: string;
  readonly announced: Found<string>;
  /** Undefined when none could be fetched, or none was announced. */
  readonly policy: StsPolicy | undefined;
  readonly mx: Found<MxRecord>;
  /** For a record that is to be published now. */
  readonly newId: string;
}

export function judgeSts({ domain, announced, policy, mx, newId }: StsFacts): Finding {
  const texts = announced.kind === 'found' ? announced.records.filter((text) => text.startsWith('v=STSv1')) : [];
  const hosts = mx.kind === 'found' ? mx.records.map(({ exchange }) => exchange.toLowerCase()).filter(Boolean) : [];
  const finding = (rest: Omit<Finding, 'check' | 'found'>): Finding => ({ check: 'mta-sts', found: texts, ...rest });
  const publish = { type: 'TXT', name: `_mta-sts.${domain}`, value: `v=STSv1; id=${newId}` } as const;
  const file = {
    url: `https://mta-sts.${domain}/.well-known/mta-sts.txt`,
    text: ['version: STSv1', 'mode: testing', ...hosts.map((host) => `mx: ${host}`), 'max_age: 604800', ''].join('\n'),
  };
  if (announced.kind === 'failed' || announced.kind === 'bogus') return finding({ tone: 'off', says: NO_ANSWER });
  if (texts.length === 0) {
    return finding({
      tone: 'waiting',
      says: 'It announces no policy: whoever sends to you cannot know that your servers speak TLS, and somebody on the way can take it off.',
      cure: 'Publish the record, and the file with it; begin with mode: testing.',
      publish,
      file,
    });
  }
  if (stsIdOf(announced.kind === 'found' ? announced.records : []) === undefined) {
    return finding({
      tone: 'bad',
      says: 'What announces the policy cannot be read.',
      cure: 'Leave one record of this form.',
      publish,
    });
  }
  if (policy === undefined) {
    return finding({
      tone: 'bad',
      says: `A policy is announced, and cannot be had from ${file.url}.`,
      cure: 'It has to come over https with a certificate that holds for that name, without a redirect, as text/plain.',
      file,
    });
  }
  const unnamed = hosts.filter((host) => !matchesMx(policy, host));
  if (policy.mode !== 'none' && unnamed.length > 0) {
    return finding({
      tone: 'bad',
      says: `The policy (${policy.mode}) does not name ${unnamed.join(', ')}: mail to ${unnamed.length === 1 ? 'it' : 'them'} is${policy.mode === 'enforce' ? '' : ' to be'} held back.`,
      cure: 'Name every MX host in the policy, and change the id in the record.',
      file,
    });
  }
  if (policy.mode === 'enforce')
    return finding({ tone: 'good', says: 'The policy is in force and names every MX host.' });
  return finding({
    tone: 'waiting',
    says:
      policy.mode === 'testing'
        ? 'The policy is on trial (mode: testing) and names every MX host.'
        : 'The policy is withdrawn (mode: none).',
    cure: 'When the reports are quiet, set mode: enforce and change the id in the record.',
  });
}

export function judgeTlsRpt(domain: string, found: Found<string>): Finding {
  const texts = found.kind === 'found' ? found.records.filter((text) => /^v\s*=\s*TLSRPTv1\s*;/.test(text)) : [];
  const finding = (rest: Omit<Finding, 'check' | 'found'>): Finding => ({ check: 'tls-rpt', found: texts, ...rest });
  const publish = {
    type: 'TXT',
    name: `_smtp._tls.${domain}`,
    value: `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`,
  } as const;
  if (found.kind === 'failed' || found.kind === 'bogus') return finding({ tone: 'off', says: NO_ANSWER });
  const [text, ...more] = texts;
  if (text === undefined) {
    return finding({
      tone: 'waiting',
      says: 'Nobody is told where to report when TLS to your servers fails.',
      cure: 'Publish where reports go.',
      publish,
    });
  }
  const places =
    parseTags(text)
      ?.get('rua')
      ?.split(',')
      .map((place) => place.trim()) ?? [];
  // RFC 8460 section 3
  if (
    more.length > 0 ||
    places.length === 0 ||
    !places.every((place) => /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/i.test(place))
  ) {
    return finding({
      tone: 'bad',
      says: 'What stands there cannot be read.',
      cure: 'Leave one record of this form.',
      publish,
    });
  }
  return finding({ tone: 'good', says: `Reports go to ${places.join(', ')}.` });
}
