// Owns reading how a mail came: of its Received fields, from which host to which each hop went, and whether the server that took it says
// that there was TLS. What is not said is never taken for TLS. Any server before ours may have written what it liked, so nothing may
// be decided by it; it is for people to see. Pure, in time linear to what it is given.

import { limits } from '../core/limits.ts';
import type { HeaderLine } from './mail-tree.ts';

/** local: within one machine. unsaid: nobody can tell. */
export type HopTls = 'tls' | 'clear' | 'local' | 'unsaid';

export interface Hop {
  /** As it called itself; '' when that is no name or address. */
  readonly from: string;
  readonly by: string;
  readonly tls: HopTls;
}

/** What of a mail's way is kept with it. */
export interface Transit {
  /** Between machines. */
  readonly hops: number;
  readonly withTls: number;
  readonly withoutTls: number;
  readonly unsaid: number;
  /** Those without TLS, the earliest first; not more than a few of many. */
  readonly without: readonly { readonly from: string; readonly by: string }[];
}

export const transitLimits = { fieldCharacters: 2_000, nameCharacters: 100, shown: 5 } as const;

/** Undefined where no field tells of a hop between machines. */
export function readTransit(headers: readonly HeaderLine[]): Transit | undefined {
  const hops = headers
    .filter(({ name }) => name === 'received')
    // The newest stand first.
    .slice(0, limits.receivedHeadersMax)
    .flatMap(({ value }) => readHop(value) ?? [])
    .filter(({ tls }) => tls !== 'local')
    .toReversed();
  if (hops.length === 0) return undefined;
  const count = (tls: HopTls): number => hops.filter((hop) => hop.tls === tls).length;
  return {
    hops: hops.length,
    withTls: count('tls'),
    withoutTls: count('clear'),
    unsaid: count('unsaid'),
    without: hops
      .filter(({ tls }) => tls === 'clear')
      .slice(0, transitLimits.shown)
      .map(({ from, by }) => ({ from, by })),
  };
}

/** One field, unfolded. Undefined where it tells of no hop: of a queue, a program on the same machine, or of nothing at all. */
export function readHop(value: string): Hop | undefined {
  const { words, comments } = takeApart(value.slice(0, transitLimits.fieldCharacters));
  if (words[0]?.toLowerCase() !== 'from') return undefined;
  // RFC 5321 section 4.4: from, by, via, with, id, for, in this order. A host may bear any name, so `by` is none of the first two words.
  const byAt = words.findIndex((word, n) => n >= 2 && word.toLowerCase() === 'by');
  const withAt = words.findIndex((word, n) => n >= byAt + 2 && word.toLowerCase() === 'with');
  const protocol = byAt === -1 || withAt === -1 ? '' : (words[withAt + 1] ?? '').toUpperCase();
  return {
    from: hostName(words[1]),
    by: byAt === -1 ? '' : hostName(words[byAt + 1]),
    tls: isLocal(words[1] ?? '', comments) ? 'local' : tlsOf(protocol, comments),
  };
}

// RFC 3848 and RFC 6531 section 4.3; `smtps` and `https` are what Exim and Exchange write.
const OVER_TLS = /^(?:(?:UTF8)?(?:E?SMTP|LMTP)SA?|HTTPS)$/;
const IN_CLEAR = /^(?:(?:UTF8)?(?:E?SMTP|LMTP)A?|HTTP)$/;

// Postfix, Exchange and Sendmail, Exim. Whole or from its beginning, and without an address: the rest may be the client's own words.
const TLS_COMMENT = /^(?:using TLSv1|version=TLS ?v?1|TLS(?:v?1(?:[._][0-3])?)?(?::[A-Za-z0-9_:-]+)?$)[^[]*$/i;

function tlsOf(protocol: string, comments: readonly string[]): HopTls {
  if (OVER_TLS.test(protocol) || comments.some((comment) => TLS_COMMENT.test(comment))) return 'tls';
  return IN_CLEAR.test(protocol) ? 'clear' : 'unsaid';
}

const LOOPBACK = /\[(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|(?:IPv6:)?::1)\]/i;

// By the address that the server saw. It stands in the comment beside what the client said; Exim changes the two where nothing is known
// but the address.
function isLocal(from: string, [beside = 'helo=']: readonly string[]): boolean {
  return LOOPBACK.test(/helo/i.test(beside) ? from : beside);
}

function hostName(word: string | undefined): string {
  return word !== undefined && word.length <= transitLimits.nameCharacters && /^[A-Za-z0-9._:[\]-]+$/.test(word)
    ? word.toLowerCase()
    : '';
}

interface Pieces {
  /** Outside of comments, up to the date. */
  readonly words: readonly string[];
  /** The outermost ones, without their brackets. */
  readonly comments: readonly string[];
}

/** A comment that does not end takes the rest with it. */
function takeApart(value: string): Pieces {
  const comments: string[] = [];
  let text = '';
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    // RFC 5322 section 3.2.1: the next one stands for itself.
    if (character === '\\') {
      at += 1;
      continue;
    }
    if (character === '(') {
      if (depth === 0) begin = at + 1;
      depth += 1;
    } else if (character === ')' && depth > 0) {
      depth -= 1;
      if (depth === 0) comments.push(value.slice(begin, at).trim());
      text += ' ';
    } else if (depth === 0) {
      if (character === ';') break;
      text += character;
    }
  }
  return { words: text.split(/\s+/).filter((word) => word !== ''), comments };
}
