// Owns what is said of a domain's DMARC policy, and whether our mail is aligned under it. Pure.

import type { Found } from '../delivery/dns.ts';
import { NO_ANSWER } from './judge-mail.ts';
import type { Finding, Tone } from './report.ts';
import { parseTags } from '../mail/tag-list.ts';

/** What was found, and at which domain: the author's own or one above it. */
export interface DmarcFound {
  readonly at: string;
  readonly found: Found<string>;
}

export interface Authored {
  readonly domain: string;
  /** What signs with DKIM here; undefined when nothing does. */
  readonly signer: string | undefined;
  /** In which domain the envelope's sender is, and what was found of its SPF: only a pass aligns anything. */
  readonly envelope: string;
  readonly spf: Tone;
  /** Whether mail with this domain as author leaves from here. */
  readonly isSent: boolean;
}

/** RFC 7489 section 6.4 and its successor: by version, which has to come first. */
export function isDmarc(text: string): boolean {
  return /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text);
}

export function judgeDmarc({ at, found }: DmarcFound, authored: Authored): Finding {
  const { domain } = authored;
  const texts = found.kind === 'found' ? found.records.filter(isDmarc) : [];
  const finding = (rest: Omit<Finding, 'check' | 'found'>): Finding => ({ check: 'dmarc', found: texts, ...rest });
  const publish = {
    type: 'TXT',
    name: `_dmarc.${domain}`,
    value: `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`,
  } as const;
  if (found.kind === 'failed' || found.kind === 'bogus') return finding({ tone: 'off', says: NO_ANSWER });
  const [text, ...more] = texts;
  if (text === undefined) {
    return finding({
      tone: 'bad',
      says: 'No policy says what becomes of mail that only pretends to be from here.',
      cure: 'Begin with p=none and read the reports; when all that is yours is aligned, go on to quarantine and reject.',
      publish,
    });
  }
  const tags = more.length > 0 ? undefined : parseTags(text);
  const policy = (at === domain ? undefined : tags?.get('sp')) ?? tags?.get('p');
  if (tags === undefined || policy === undefined || !POLICIES.includes(policy.toLowerCase())) {
    return finding({
      tone: 'bad',
      says:
        more.length > 0
          ? 'There is more than one policy, so none counts.'
          : 'The policy cannot be read, so it does not count.',
      cure: 'Publish one, with p=none, p=quarantine or p=reject.',
      publish,
    });
  }
  const where = at === domain ? '' : ` (said at ${at})`;
  const aligned = alignmentOf(authored, tags, at);
  const isAuthor = authored.envelope === domain;
  const ours = isAuthor ? 'our mail' : 'mail that goes directly in the name of its people';
  if (authored.isSent && !aligned.isAligned) {
    const unsigned = authored.signer === undefined;
    return finding({
      // Notices leave in any case; the mail itself only where somebody asks for it. A relay may sign, and be named by SPF,
      // without our knowing.
      tone: isAuthor && authored.spf === 'bad' ? 'bad' : 'waiting',
      says: `The policy is ${policy}${where}, and ${ours} is not aligned: ${aligned.words}.`,
      cure: unsigned
        ? 'Sign here (DKIM_DOMAIN), or see to it that the relay signs for this domain.'
        : `Set DKIM_DOMAIN to ${domain} or a domain above it, if such mail is sent.`,
    });
  }
  const isAlignedWords = authored.isSent
    ? ` ${ours[0]?.toUpperCase() ?? ''}${ours.slice(1)} is aligned: ${aligned.words}.`
    : '';
  if (policy.toLowerCase() === 'none') {
    return finding({
      tone: 'waiting',
      says: `The policy only watches (p=none${where}).${isAlignedWords}`,
      cure: 'When the reports show that all that is yours is aligned, go on to quarantine and reject.',
    });
  }
  const part = tags.get('pct');
  if (part !== undefined && part !== '100') {
    return finding({
      tone: 'waiting',
      says: `The policy is ${policy}${where}, for ${part} % of mail.${isAlignedWords}`,
      cure: 'Take pct out when you are content; newer receivers do not know it any more.',
    });
  }
  return finding({ tone: 'good', says: `The policy is ${policy}${where}.${isAlignedWords}` });
}

const POLICIES = ['none', 'quarantine', 'reject'];

/** One of the two is enough: the signature's domain, or the envelope's. */
export function alignmentOf(
  { domain, signer, envelope, spf }: Authored,
  tags: ReadonlyMap<string, string>,
  at: string,
): { readonly isAligned: boolean; readonly words: string } {
  const byDkim = signer !== undefined && isAligned(domain, signer, tags.get('adkim'), at);
  const bySpf = isAligned(domain, envelope, tags.get('aspf'), at);
  const passes = bySpf && spf === 'good';
  const words = [
    signer === undefined
      ? 'nothing signs it here'
      : `DKIM signs as ${signer}, which ${byDkim ? 'fits' : 'does not fit'}`,
    `its envelope is of ${envelope}, which ${bySpf ? 'fits' : 'does not fit'}${bySpf && !passes ? ', but SPF does not vouch for what sends' : ''}`,
  ].join('; ');
  return { isAligned: byDkim || passes, words };
}

// Relaxed: the same organisation. It is known to be where one lies under the other, or both under where the policy was found.
function isAligned(author: string, other: string, mode: string | undefined, at: string): boolean {
  if (author === other) return true;
  if (mode?.toLowerCase() === 's') return false;
  const under = (one: string, above: string): boolean => one === above || one.endsWith(`.${above}`);
  return under(author, other) || under(other, author) || (under(author, at) && under(other, at));
}
