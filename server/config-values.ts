// Owns the kinds of values a setting can have, each a zod parser from text whose one message says what was
// expected; places (paths, listeners, URLs) stand in config-places.ts. No message ever holds the value
// itself: it may be a secret, or one put into the wrong setting.

import { z } from 'zod';
import { canonicalAddress, displayLine, isDomain, parseAddress, type Address, type Mailbox } from './core/address.ts';
import { limits } from './core/limits.ts';
import { parseNetworks, type Network } from './core/networks.ts';
import { parseDkimKey } from './crypto/dkim-key.ts';

export type Parser<T> = z.ZodType<T, string>;

export interface SmtpUser {
  readonly user: string;
  /** Encoded argon2id hash, `$argon2id$v=19$…`. */
  readonly hash: string;
}

/** A parser from a function that gives undefined for what it does not take. */
export function value<T>(expected: string, parse: (text: string) => T | undefined): Parser<T> {
  return z.string().transform((text, context) => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return value(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text));
}

export const flag: Parser<boolean> = value('true or false', (text) =>
  text === 'true' ? true : text === 'false' ? false : undefined,
);

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

/** A credential of another service, as it goes into a header. */
export const token: Parser<string> = value('1 to 4096 printable characters without blanks', (text) =>
  /^[\x21-\x7e]{1,4096}$/.test(text) ? text : undefined,
);

export const mailbox: Parser<Mailbox> = value('a mailbox such as Sealpost <sealpost@example.com>', (text) => {
  const [, quoted, plain = '', angled] = /^(?:"([^"\\]*)"|([^<>"\\]*?))\s*<([^<>]+)>$/.exec(text) ?? [];
  const address = parseAddress(angled ?? text);
  const name = quoted ?? plain;
  if (address === undefined || displayLine(name, limits.displayNameCharactersMax) !== name) return undefined;
  return { address, name };
});

/** As `mailbox`, several of them: a comma within quotes is part of a name. */
export const mailboxes: Parser<readonly Mailbox[]> = value(
  'mailboxes such as Claims <claims@example.com>, each address once, separated by commas',
  (text) => {
    const entries = text.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((entry) => mailbox.safeParse(entry.trim()).data);
    const good = entries.filter((entry) => entry !== undefined);
    const different = new Set(good.map(({ address }) => canonicalAddress(address)));
    return good.length === entries.length && different.size === good.length ? good : undefined;
  },
);

export const domain: Parser<string> = value('a domain such as example.com', parseDomain);

/** RFC 6376 section 3.1: labels separated by dots. */
export const selector: Parser<string> = value('a DKIM selector such as mail2026', (text) =>
  /^(?!.{64})[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text)
    ? text
    : undefined,
);

export const domains: Parser<readonly string[]> = list(
  'one or more different domains, separated by commas',
  parseDomain,
);

export const addresses: Parser<readonly Address[]> = list(
  'mail addresses, each once, separated by commas',
  parseAddress,
);

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

// The encoded form that every argon2 tool writes: parameters (some put p before t), salt, hash.
const ARGON2ID =
  /^\$argon2id\$v=19\$m=\d{1,7},(?:t=\d{1,3},p=\d{1,3}|p=\d{1,3},t=\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

export const smtpUsers: Parser<readonly SmtpUser[]> = value(
  'lines of user:argon2id-hash (the hash begins with $argon2id$), each user once',
  (text) => {
    const users = text.split(/\s+/).map((entry) => {
      const [, user = '', hash = ''] = /^([A-Za-z0-9._@+-]{1,254}):(.+)$/.exec(entry) ?? [];
      return ARGON2ID.test(hash) ? { user, hash } : undefined;
    });
    const good = users.filter((user) => user !== undefined);
    const names = new Set(good.map((user) => user.user));
    return good.length === users.length && names.size === users.length ? good : undefined;
  },
);

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
