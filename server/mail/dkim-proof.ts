// Owns finding out whether the domain of a mail's author vouches for it by DKIM (RFC 6376), and the one use of mailauth, whose checks
// are kept by people who do nothing else. SPF is not asked: what hands mail in here is the organisation's own server, whose address
// proves nothing of the author. Whatever cannot be checked is not proved.

import { Readable } from 'node:stream';
import { domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isMeantFor, readDkimRecord } from './dkim-record.ts';
import type { DkimService } from './dkim-record.ts';
import type { HeaderLine } from './mail-tree.ts';

export interface ProofAsk {
  readonly headers: readonly HeaderLine[];
  /** Of the From line. */
  readonly author: Address;
  /** The whole mail, each line ending with CR LF. */
  readonly source: AsyncIterable<Buffer> | readonly Buffer[];
  /** What the key must be meant for. */
  readonly service: DkimService;
  /** By the lines that a signature covers, whether it was written for what it is taken for; absent where any mail of its author will do. */
  readonly isForThis?: (covered: readonly HeaderLine[]) => boolean;
}

export interface ProofDeps {
  readonly nowMs: () => number;
  /** TXT records at a name; undefined when nobody knows. */
  readonly txt: (name: string) => Promise<readonly string[] | undefined>;
}

export interface ProvingDeps {
  /** New for each mail: the time and the questions that it may cost are counted. */
  readonly proofDeps: () => ProofDeps;
}

/** unknown: its key could not be asked for. */
export type AuthorProof =
  | { readonly kind: 'proved'; readonly domain: string }
  | { readonly kind: 'unproved'; readonly why: 'unsigned' | 'broken' | 'another-domain' | 'not-for-this' | 'unknown' };

/** For the audit. */
export const unprovedWords: Readonly<Record<Extract<AuthorProof, { kind: 'unproved' }>['why'], string>> = {
  unsigned: 'no DKIM signature',
  broken: 'its DKIM signature does not hold',
  'another-domain': 'signed by another domain than its author’s',
  'not-for-this': 'its DKIM signature leaves open what kind of mail it is, or to whom or what it was written',
  unknown: 'the key of its DKIM signature could not be asked for',
};

/** Each asks the DNS and digests the whole mail. */
const SIGNATURES_MAX = 6;
const KEY_BITS_MIN = 1_024; // RFC 8301 section 3.2

export async function proveAuthor(deps: ProofDeps, ask: ProofAsk): Promise<AuthorProof> {
  const unproved = (why: Extract<AuthorProof, { kind: 'unproved' }>['why']): AuthorProof => ({ kind: 'unproved', why });
  const count = ask.headers.filter(({ name }) => name === 'dkim-signature').length;
  if (count === 0) return unproved('unsigned');
  if (count > SIGNATURES_MAX) return unproved('broken');
  // Few mails are looked at, and a start without it is quicker.
  const { dkimVerify } = await import('mailauth/lib/dkim/verify.js');
  const { results, headerFrom, fromFields } = await dkimVerify(Readable.from(ask.source), {
    strict: true,
    minBitLength: KEY_BITS_MIN,
    curTime: new Date(deps.nowMs()),
    resolver: (name) => findKey(deps, name, ask.service),
  });
  const domain = domainOf(ask.author);
  const [from] = headerFrom;
  // It has to have read the same author as we have.
  if (fromFields !== 1 || headerFrom.length !== 1 || from?.toLowerCase() !== ask.author.toLowerCase()) {
    return unproved('broken');
  }
  const good = results.filter(
    // What a signature leaves out of the body anybody may have added (RFC 6376 section 8.2).
    ({ status, canonBodyLengthLimited }) =>
      status.result === 'pass' && status.testing !== true && canonBodyLengthLimited === false,
  );
  // Of the library: that it is not a domain under which anybody may have one.
  const byAuthor = good.filter(
    ({ signingDomain = '', status: { aligned = false } }) =>
      aligned !== false && speaksFor(signingDomain.toLowerCase(), domain),
  );
  const { isForThis = () => true } = ask;
  const best = byAuthor.find(({ signingHeaders }) => isForThis(coveredLines(ask.headers, signingHeaders?.keys ?? '')));
  if (best?.signingDomain !== undefined) return { kind: 'proved', domain: best.signingDomain.toLowerCase() };
  if (byAuthor.length > 0) return unproved('not-for-this');
  if (results.some(({ status }) => status.result === 'temperror')) return unproved('unknown');
  return unproved(good.length > 0 ? 'another-domain' : 'broken');
}

// A domain speaks for those below it; one below it does not speak for it, whoever may have got it.
function speaksFor(signer: string, domain: string): boolean {
  return signer === domain || domain.endsWith(`.${signer}`);
}

/** `signed`: the name of each line that was signed, once for each: "From: To: To". */
function coveredLines(headers: readonly HeaderLine[], signed: string): HeaderLine[] {
  const names = signed.split(':').map((name) => name.trim().toLowerCase());
  const countOf = (all: readonly string[], wanted: string): number => all.filter((name) => name === wanted).length;
  const stand = headers.map(({ name }) => name);
  // Signed from below (RFC 6376 section 5.4.2): one that stands there more often than it was signed may be anybody's.
  return headers.filter(({ name }) => countOf(names, name) === countOf(stand, name));
}

/** As the library asks for it: the record, without whom it is meant for, which is judged here. */
async function findKey({ txt }: ProofDeps, name: string, service: DkimService): Promise<string[][]> {
  const texts = await txt(name);
  if (texts === undefined) throw Object.assign(new Error('the DNS gives no answer'), { code: 'ETIMEOUT' });
  const record = readDkimRecord(texts);
  if (record.state !== 'key' || !isMeantFor(record, service)) return [];
  const { type, key, hashes, isTrial, isStrict } = record;
  const flags = [...(isTrial ? ['y'] : []), ...(isStrict ? ['s'] : [])].join(':');
  const limits = hashes.includes('*') ? '' : ` h=${hashes.join(':')};`;
  return [[`v=DKIM1; k=${type};${limits}${flags === '' ? '' : ` t=${flags};`} p=${key}`]];
}
