// Owns the kinds of values a setting can have, each a zod parser from text whose one message says what was
// expected. No message ever holds the value itself: it may be a secret, or one put into the wrong setting.

import { isIP } from 'node:net';
import { z } from 'zod';
import { displayLine, isDomain, parseAddress, type Address, type Mailbox } from './core/address.ts';
import { limits } from './core/limits.ts';
import { parseNetworks, type Network } from './core/networks.ts';
import { parseDkimKey } from './crypto/dkim-key.ts';

export type Parser<T> = z.ZodType<T, string>;

export interface Listen {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
}

export interface SmtpUser {
  readonly user: string;
  /** Encoded argon2id hash, `$argon2id$v=19$…`. */
  readonly hash: string;
}

/** What the contract names and this version cannot do yet: refused in plain words, never taken and ignored. */
interface NotOffered {
  readonly pattern: RegExp;
  readonly what: string;
}

/** A parser from a function that gives undefined for what it does not take. */
function value<T>(expected: string, parse: (text: string) => T | undefined, notOffered?: NotOffered): Parser<T> {
  return z.string().transform((text, context) => {
    const later = notOffered?.pattern.test(text) === true;
    const parsed = later ? undefined : parse(text);
    if (parsed !== undefined) return parsed;
    const message = later ? `${expected}; this version does not offer ${notOffered.what}` : expected;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return value(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text));
}

export const flag: Parser<boolean> = value('true or false', (text) => (text === 'true' ? true : text === 'false' ? false : undefined));

export function wholeNumber(min: number, max: number): Parser<number> {
  return value(`a whole number from ${min} to ${max}`, (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  });
}

export const line: Parser<string> = value(
  `one line of at most ${limits.displayNameCharactersMax} characters without control characters`,
  (text) => (displayLine(text, limits.displayNameCharactersMax) === text ? text : undefined),
);

export const path: Parser<string> = value('a path without control characters', parsePath);

/** The keyring is a file; `exec:…` and the like would otherwise become an odd file name. */
export const keyring: Parser<string> = value('the path of a file', parsePath, {
  pattern: /^[a-z][a-z0-9+.-]+:/i,
  what: 'keyrings from a command or a vault',
});

export const sqliteUrl: Parser<string> = value('sqlite:PATH', (text) => schemePath('sqlite', text), {
  pattern: /^postgres(?:ql)?:/i,
  what: 'PostgreSQL',
});

export const fileUrl: Parser<string> = value('file:PATH', (text) => schemePath('file', text), { pattern: /^s3:/i, what: 'S3' });

export const listen: Parser<Listen> = value('HOST:PORT, such as 127.0.0.1:3000 or [::1]:3000', (text) => {
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  return isHost(plain) ? { host: plain, port } : undefined;
});

/** Where the portal is, as the outside sees it: no user, query or fragment; a path of plain segments, if any. */
export const publicUrl: Parser<URL> = value('an http:// or https:// address such as https://secure.example.com/portal', (text) => {
  const url = parseUrl(text, 'https:', 'http:');
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  const pathname = url.pathname.replace(/\/$/, '');
  if (!/^(?:\/[A-Za-z0-9._~-]+)*$/.test(pathname)) return undefined;
  url.pathname = pathname;
  return url;
});

/** `smtp://[user:password@]host[:port]`, or `smtps://…` for TLS from the first byte. */
export const relayUrl: Parser<URL> = value(
  'smtp://user:password@host:587 or smtps://user:password@host:465, user and password percent-encoded or left out',
  (text) => {
    const url = parseUrl(text, 'smtp:', 'smtps:');
    if (url === undefined || (url.pathname !== '' && url.pathname !== '/')) return undefined;
    const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) === 0 && !isHost(bare)) return undefined;
    if (url.port === '0' || (url.username === '') !== (url.password === '')) return undefined;
    return [url.username, url.password].every(isPercentEncoded) ? url : undefined;
  },
  { pattern: /^direct$/i, what: 'direct delivery' },
);

export const mailbox: Parser<Mailbox> = value('a mailbox such as Sealpost <sealpost@example.com>', (text) => {
  const [, quoted, plain = '', angled] = /^(?:"([^"\\]*)"|([^<>"\\]*?))\s*<([^<>]+)>$/.exec(text) ?? [];
  const address = parseAddress(angled ?? text);
  const name = quoted ?? plain;
  if (address === undefined || displayLine(name, limits.displayNameCharactersMax) !== name) return undefined;
  return { address, name };
});

export const domain: Parser<string> = value('a domain such as example.com', parseDomain);

/** RFC 6376 section 3.1: labels separated by dots. */
export const selector: Parser<string> = value('a DKIM selector such as mail2026', (text) =>
  /^(?!.{64})[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text) ? text : undefined,
);

export const domains: Parser<readonly string[]> = list('one or more different domains, separated by commas', parseDomain);

export const addresses: Parser<readonly Address[]> = list('mail addresses, each once, separated by commas', parseAddress);

export const networks: Parser<readonly Network[]> = value(
  'IP addresses or networks such as 10.0.0.0/8, 2001:db8::/32, with no bits set behind the prefix, and not /0',
  (text) => {
    try {
      return parseNetworks(text);
    } catch {
      return undefined;
    }
  },
);

// The encoded form that every argon2 tool writes: parameters, salt, hash.
const ARGON2ID = /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

export const smtpUsers: Parser<readonly SmtpUser[]> = value('lines of user:argon2id-hash (the hash begins with $argon2id$), each user once', (text) => {
  const users = text.split(/\s+/).map((entry) => {
    const [, user = '', hash = ''] = /^([A-Za-z0-9._@+-]{1,254}):(.+)$/.exec(entry) ?? [];
    return ARGON2ID.test(hash) ? { user, hash } : undefined;
  });
  const good = users.filter((user) => user !== undefined);
  const names = new Set(good.map((user) => user.user));
  return good.length === users.length && names.size === users.length ? good : undefined;
});

/** PEM; a `\n` written out is a line end, since many tools that set environment variables cannot hold one. */
export const dkimKey: Parser<string> = value('an unencrypted RSA private key of 2048 to 4096 bits, as PEM', (text) =>
  parseDkimKey(text.replaceAll('\\n', '\n')),
);

function list<T>(expected: string, parse: (text: string) => T | undefined): Parser<readonly T[]> {
  return value(expected, (text) => {
    const entries = text.split(/\s*[\s,]\s*/).map(parse);
    const good = entries.filter((entry) => entry !== undefined);
    return good.length === entries.length && new Set(good).size === good.length ? good : undefined;
  });
}

function parseDomain(text: string): string | undefined {
  const lower = text.toLowerCase();
  return isDomain(lower) ? lower : undefined;
}

function parsePath(text: string): string | undefined {
  return /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
}

/** The path behind `scheme:`. Three slashes mean an absolute path, as in any URL; two would name a host. */
function schemePath(scheme: 'sqlite' | 'file', text: string): string | undefined {
  const found = new RegExp(`^${scheme}:(?:(?=/(?!/))|//(?=/(?!/))|(?![/:]))(.+)$`).exec(text)?.[1];
  return found === undefined || /[?#]/.test(found) ? undefined : parsePath(found);
}

function parseUrl(text: string, ...protocols: readonly string[]): URL | undefined {
  // `?` and `#` are looked for in the text: an empty query or fragment leaves no trace in a URL object.
  if (/[\s?#\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

/** An IPv4 address or a host name, also one without a dot, as container networks use. */
function isHost(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return isIP(text) === 4;
  return text.length <= 253 && /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i.test(text);
}

function isPercentEncoded(text: string): boolean {
  try {
    // A control character in user or password could end an SMTP command early.
    return !/[\u0000-\u001f\u007f]/.test(decodeURIComponent(text));
  } catch {
    return false;
  }
}
