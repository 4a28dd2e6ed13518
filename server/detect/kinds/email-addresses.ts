// Owns the detector of e-mail addresses. Each distinct address is one value: a rule says how many are a list.

import type { Detector } from '../detector.ts';
import { UNSPACED, isOfWord, units } from '../units.ts';

// RFC 5321 section 4.5.3.1.
const LOCAL_LETTERS_MAX = 64;
const DOMAIN_LETTERS_MAX = 255;

export const emailAddresses: Detector = {
  title: 'E-mail addresses',
  looksFor: 'addresses with a domain of at least two parts; each distinct one counts, whatever its case',
  check: 'shape and lengths of RFC 5321; file names, versions, repositories and Message-IDs are left out',
  evidence: 'not wanted',
  words: [],
  find: ({ text, isInUrl }, found) => {
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      const start = localStart(text, at);
      const end = start === at ? at : domainEnd(text, at + 1);
      const domain = text.slice(at + 1, end).toLowerCase();
      if (!isDomain(domain) || isInUrl(at) || isOther(text, start, at, end)) continue;
      found({
        value: `${text.slice(start, at)}@${domain}`.toLowerCase(),
        start,
        end,
        masked: maskedAddress(text.slice(start, at), domain),
      });
    }
  },
};

const LOCAL_SIGNS = new Set(Array.from("._%+'-&", (sign) => sign.charCodeAt(0)));
const DOT = '.'.charCodeAt(0);
const DASH = '-'.charCodeAt(0);

function localStart(text: string, at: number): number {
  const { classes } = units();
  let start = at;
  while (start > 0 && at - start < LOCAL_LETTERS_MAX) {
    const unit = text.charCodeAt(start - 1);
    const kind = classes[unit] ?? 0;
    // No space parts an address from a Chinese or Japanese sentence.
    if (kind === UNSPACED || !(isOfWord(kind) || LOCAL_SIGNS.has(unit))) break;
    start -= 1;
  }
  while (start < at && !isOfWord(classes[text.charCodeAt(start)] ?? 0)) start += 1;
  return text.charCodeAt(at - 1) === DOT ? at : start;
}

function domainEnd(text: string, from: number): number {
  const { classes } = units();
  let end = from;
  while (end < text.length && end - from < DOMAIN_LETTERS_MAX) {
    const unit = text.charCodeAt(end);
    const kind = classes[unit] ?? 0;
    if (kind === UNSPACED || !(isOfWord(kind) || unit === DOT || unit === DASH)) break;
    end += 1;
  }
  while (end > from && !isOfWord(classes[text.charCodeAt(end - 1)] ?? 0)) end -= 1;
  return end;
}

const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+(?:\p{L}[\p{L}\p{M}]{1,23}|xn--[a-z0-9-]{2,59})$/u;
// Names of pictures and modules that end like a domain.
const FILE = /\.(?:png|jpe?g|gif|svg|webp|ico|css|js|mjs|ts|json|pdf|html?|zip|eml|local|localdomain|invalid)$/;

function isDomain(domain: string): boolean {
  return DOMAIN.test(domain) && !FILE.test(domain);
}

const MESSAGE_ID = /(?:message-id|in-reply-to|references|content-id|x-[a-z-]+id|cid):[^\n]{0,80}$/i;
const MESSAGE_ID_LETTERS = 110;
const REPOSITORY = /^:[\w~./-]+/;

function isOther(text: string, start: number, at: number, end: number): boolean {
  if (text.slice(start, at) === 'git' && REPOSITORY.test(text.slice(end, end + 20))) return true;
  return MESSAGE_ID.test(text.slice(Math.max(0, start - MESSAGE_ID_LETTERS), start));
}

function maskedAddress(local: string, domain: string): string {
  const ending = domain.slice(domain.lastIndexOf('.'));
  return `${Array.from(local)[0] ?? ''}•••@${Array.from(domain)[0] ?? ''}•••${ending}`;
}
