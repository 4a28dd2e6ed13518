// Owns reading an SPF record (RFC 7208) and saying what it answers for one address. Pure: what its names lead to was looked up
// before. It judges what the organisation publishes; nobody's mail is taken or refused by it.

import { BlockList, isIP } from 'node:net';

export type SpfQualifier = '+' | '-' | '~' | '?';

/** One mechanism as it is written. */
export interface SpfTerm {
  readonly text: string;
  readonly qualifier: SpfQualifier;
  readonly kind: 'all' | 'ip4' | 'ip6' | 'a' | 'mx' | 'ptr' | 'exists' | 'include';
  /** What it names; '' for the domain itself. */
  readonly target: string;
  readonly bits4: number;
  readonly bits6: number;
}

export interface SpfRecord {
  readonly terms: readonly SpfTerm[];
  readonly redirect: string | undefined;
}

/** A record with what its names lead to. */
export interface SpfTree {
  readonly domain: string;
  /** many: more than one record. failed: nobody knows. malformed: it cannot be read. */
  readonly state: 'record' | 'none' | 'many' | 'failed' | 'malformed';
  readonly texts: readonly string[];
  readonly terms: readonly ResolvedTerm[];
  readonly redirect?: SpfTree;
}

export interface ResolvedTerm extends SpfTerm {
  /** For ip4, ip6, a and mx; undefined where the DNS failed. */
  readonly addresses?: readonly string[] | undefined;
  readonly inner?: SpfTree;
  /** Depends on the mail itself (macros, ptr), so it is never taken for a match here. */
  readonly isOpen?: boolean;
}

export type SpfAnswer = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'broken' | 'unknown';

/** RFC 7208 section 4.6.4. */
export const SPF_LOOKUPS_MAX = 10;

const ANSWERS: Readonly<Record<SpfQualifier, SpfAnswer>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};

/** RFC 7208 section 4.5: by its version alone. */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** RFC 7208 section 4.6.1; undefined when anything in it cannot be read. */
export function parseSpf(text: string): SpfRecord | undefined {
  const terms: SpfTerm[] = [];
  let redirect: string | undefined;
  for (const word of text.split(' ').slice(1)) {
    if (word === '') continue;
    const [, name, value] = /^([a-z][a-z0-9_.-]*)=(.*)$/i.exec(word) ?? [];
    if (name !== undefined) {
      if (name.toLowerCase() !== 'redirect') continue;
      if (redirect !== undefined || value === undefined || value === '') return undefined;
      redirect = value;
      continue;
    }
    const term = parseTerm(word);
    if (term === undefined) return undefined;
    terms.push(term);
  }
  return { terms, redirect };
}

/** How many questions a receiver has to ask, all of the record followed. */
export function spfLookups({ terms, redirect }: SpfTree): number {
  const own = terms.filter(({ kind }) => kind !== 'all' && kind !== 'ip4' && kind !== 'ip6').length;
  const inner = terms.reduce((sum, term) => sum + (term.inner === undefined ? 0 : spfLookups(term.inner)), 0);
  return own + inner + (redirect === undefined ? 0 : 1 + spfLookups(redirect));
}

export function answerFor(tree: SpfTree, ip: string): SpfAnswer {
  if (tree.state === 'none') return 'none';
  if (tree.state === 'failed') return 'unknown';
  if (tree.state !== 'record') return 'broken';
  let isUncertain = false;
  for (const term of tree.terms) {
    const matches = matchOf(term, ip);
    if (matches === 'broken') return 'broken';
    if (matches === 'unknown') isUncertain = true;
    else if (matches === 'yes') return isUncertain ? 'unknown' : ANSWERS[term.qualifier];
  }
  if (isUncertain) return 'unknown';
  if (tree.redirect === undefined) return 'neutral';
  const answer = answerFor(tree.redirect, ip);
  // RFC 7208 section 6.1
  return answer === 'none' ? 'broken' : answer;
}

/** Whether somebody can be found in it whose addresses everybody has. */
export function allowsEverybody({ terms, redirect }: SpfTree): boolean {
  const all = terms.find(({ kind }) => kind === 'all');
  return all === undefined ? redirect !== undefined && allowsEverybody(redirect) : all.qualifier === '+';
}

function matchOf({ kind, addresses, bits4, bits6, inner, isOpen }: ResolvedTerm, ip: string) {
  if (kind === 'all') return 'yes';
  if (isOpen === true) return 'no';
  if (inner !== undefined) {
    // RFC 7208 section 5.2
    const answer = answerFor(inner, ip);
    if (answer === 'none' || answer === 'broken') return 'broken';
    return answer === 'unknown' ? 'unknown' : answer === 'pass' ? 'yes' : 'no';
  }
  if (addresses === undefined) return 'unknown';
  const family = isIP(ip);
  const list = new BlockList();
  for (const address of addresses.filter((one) => isIP(one) === family)) {
    list.addSubnet(address, family === 4 ? bits4 : bits6, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list.check(ip, family === 4 ? 'ipv4' : 'ipv6') ? 'yes' : 'no';
}

function parseTerm(word: string): SpfTerm | undefined {
  const [, sign = '+', name = '', rest = ''] = /^([+\-~?]?)([a-z0-9]+)(.*)$/i.exec(word) ?? [];
  const kind = KINDS.find((one) => one === name.toLowerCase());
  const qualifier = QUALIFIERS.find((one) => one === (sign === '' ? '+' : sign));
  if (kind === undefined || qualifier === undefined) return undefined;
  const isNetwork = kind === 'ip4' || kind === 'ip6';
  const pattern =
    kind === 'ip6' ? /^:([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i : /^(?::([^/\s]+))?(?:\/(\d{1,2}))?(?:\/\/(\d{1,3}))?$/;
  const [, target = '', first, second] = pattern.exec(rest) ?? [];
  if (!pattern.test(rest)) return undefined;
  const [bits4, bits6] = kind === 'ip6' ? [32, Number(first ?? 128)] : [Number(first ?? 32), Number(second ?? 128)];
  if (bits4 > 32 || bits6 > 128 || (isNetwork && isIP(target) !== (kind === 'ip4' ? 4 : 6))) return undefined;
  if ((kind === 'include' || kind === 'exists') && target === '') return undefined;
  if (kind === 'all' && rest !== '') return undefined;
  return { text: word, qualifier, kind, target, bits4, bits6 };
}

const KINDS = ['all', 'ip4', 'ip6', 'a', 'mx', 'ptr', 'exists', 'include'] as const;
const QUALIFIERS = ['+', '-', '~', '?'] as const;
