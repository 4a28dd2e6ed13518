// Owns what is said of a domain's MX and SPF records. Pure.

import type { Found, MxRecord } from '../delivery/dns.ts';
import type { Finding, Use } from './report.ts';
import { SPF_LOOKUPS_MAX, allowsEverybody, answerFor, spfLookups } from './spf.ts';
import type { SpfTree } from './spf.ts';

/** What hands our mail to the world. */
export interface Sending {
  /** relay: `host` is where RELAY_URL leads. direct: this machine. nobody: try-out mode. */
  readonly kind: 'relay' | 'direct' | 'nobody';
  readonly host: string;
  /** Its public addresses, as far as they are known. */
  readonly addresses: readonly string[];
}

export const NO_ANSWER = 'The DNS gave no answer that can be believed.';

export function judgeMx(domain: string, mx: Found<MxRecord>, uses: readonly Use[]): Finding {
  const finding = (rest: Omit<Finding, 'check' | 'found'>): Finding => ({
    check: 'mx',
    found: mx.kind === 'found' ? mx.records.map(({ priority, exchange }) => `${priority} ${exchange || '.'}`) : [],
    ...rest,
  });
  const why = uses.includes('author') ? 'Bounces of notices come back to it' : 'Codes for its people go to it';
  const publish = { type: 'MX', name: domain, value: '10 mail.example.net' } as const;
  if (mx.kind === 'failed' || mx.kind === 'bogus') return finding({ tone: 'off', says: NO_ANSWER });
  if (mx.kind === 'none') {
    return finding({
      tone: 'bad',
      says: 'It names no mail server.',
      cure: `${why}, and many servers refuse mail from a domain that takes none. Publish where its mail goes.`,
      publish,
    });
  }
  // RFC 7505
  if (mx.records.every(({ exchange }) => exchange === '')) {
    return finding({
      tone: 'bad',
      says: 'It says that it takes no mail.',
      cure: `${why}. Publish where its mail goes.`,
      publish,
    });
  }
  return finding({ tone: 'good', says: 'It takes mail.' });
}

export function judgeSpf(tree: SpfTree, sending: Sending, isAuthor: boolean): Finding {
  const finding = (rest: Omit<Finding, 'check' | 'found'>): Finding => ({ check: 'spf', found: tree.texts, ...rest });
  const publish = (value: string) => ({ type: 'TXT', name: tree.domain, value }) as const;
  const wanted = `v=spf1 mx${isAuthor ? ownTerm(sending) : ''} ~all`;
  switch (tree.state) {
    case 'failed':
      return finding({ tone: 'off', says: NO_ANSWER });
    case 'none':
      return finding({
        tone: 'bad',
        says: 'Nothing says who may send for it.',
        cure: 'Publish one record that names all that sends for this domain, your own mail servers among it.',
        publish: publish(wanted),
      });
    case 'many':
      return finding({
        tone: 'bad',
        says: `It has ${tree.texts.length} SPF records; with more than one, none counts.`,
        cure: 'Make one record of them.',
      });
    case 'malformed':
      return finding({
        tone: 'bad',
        says: 'The record cannot be read, so receivers treat it as broken.',
        cure: 'Look for a word in it that is none of SPF’s.',
      });
    case 'record':
      break;
  }
  const lookups = spfLookups(tree);
  if (lookups > SPF_LOOKUPS_MAX) {
    return finding({
      tone: 'bad',
      says: `It takes ${lookups} look-ups to follow, and receivers stop at ${SPF_LOOKUPS_MAX}: then the record is broken for them.`,
      cure: 'Take out what no longer sends, or name networks (ip4, ip6) in place of names.',
    });
  }
  if (allowsEverybody(tree)) {
    return finding({
      tone: 'bad',
      says: 'It ends in +all: everybody may send for this domain.',
      cure: 'End it in ~all or -all.',
    });
  }
  if (!isAuthor || sending.kind === 'nobody') return finding({ tone: 'good', says: readable(lookups) });
  return judgeOwn(tree, sending, finding, lookups);
}

function judgeOwn(
  tree: SpfTree,
  sending: Sending,
  finding: (rest: Omit<Finding, 'check' | 'found'>) => Finding,
  lookups: number,
): Finding {
  const who = sending.kind === 'relay' ? `The relay ${sending.host}` : 'This machine';
  if (sending.addresses.length === 0) {
    return finding({
      tone: 'waiting',
      says: `${readable(lookups)} ${who} has no public address that can be seen from here, so nobody can say whether the record names what the world sees.`,
      cure: 'Make sure that it names the public address from which your mail leaves; a receiver’s headers (Received-SPF) say what they saw.',
    });
  }
  const answers = sending.addresses.map((address) => ({ address, answer: answerFor(tree, address) }));
  const missing = answers.filter(({ answer }) => answer !== 'pass').map(({ address }) => address);
  const [first] = answers;
  if (missing.length === 0) {
    return finding({
      tone: 'good',
      says: `${readable(lookups)} It names ${sending.addresses.join(', ')}, from where mail leaves.`,
    });
  }
  if (first?.answer === 'broken') {
    return finding({
      tone: 'bad',
      says: 'Something that it names has no SPF record that can be read, so the whole record is broken.',
      cure: 'Look at each include and redirect, and take out what is gone.',
    });
  }
  if (answers.every(({ answer }) => answer === 'unknown' || answer === 'pass')) {
    return finding({ tone: 'off', says: 'Not all that it names could be looked up.' });
  }
  const record = tree.texts[0] ?? '';
  return finding({
    tone: 'waiting',
    says: `It does not name ${missing.join(', ')}, the address of ${sending.kind === 'relay' ? `the relay ${sending.host}` : 'this machine'}.`,
    cure:
      sending.kind === 'relay'
        ? 'That is right only if the relay sends from other addresses: its operator says what to include. Otherwise add it.'
        : 'Add it.',
    publish: { type: 'TXT', name: tree.domain, value: withTerm(record, ownTerm(sending)) },
  });
}

function readable(lookups: number): string {
  return `The record can be read (${lookups} of ${SPF_LOOKUPS_MAX} look-ups).`;
}

function ownTerm({ kind, host, addresses }: Sending): string {
  if (kind === 'relay' && /[a-z]/i.test(host) && !host.includes(':')) return ` a:${host}`;
  return addresses.map((one) => ` ${one.includes(':') ? 'ip6' : 'ip4'}:${one}`).join('');
}

/** Before what ends the record, or at its end. */
function withTerm(record: string, term: string): string {
  const end = record.search(/ (?:[+\-~?]?all|redirect=\S+)(?= |$)/i);
  return end === -1 ? `${record}${term}` : `${record.slice(0, end)}${term}${record.slice(end)}`;
}
