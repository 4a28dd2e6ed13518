// Owns the kinds of settings that name a place: a path, a listener, a URL. Like those in config-values.ts they
// never repeat a value, and they never look whether the place is there.

import { isIP } from 'node:net';
import { value, type Parser } from './config-values.ts';

export interface Listen {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
}

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

export const fileUrl: Parser<string> = value('file:PATH', (text) => schemePath('file', text), {
  pattern: /^s3:/i,
  what: 'S3',
});

export const listen: Parser<Listen> = value('HOST:PORT, such as 127.0.0.1:3000 or [::1]:3000', (text) => {
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  return isHost(plain) ? { host: plain, port } : undefined;
});

/** Where the portal is, as the outside sees it: no user, query or fragment; a path of plain segments, if any. */
export const publicUrl: Parser<URL> = value(
  'an http:// or https:// address such as https://secure.example.com/portal',
  (text) => {
    const url = parseUrl(text, 'https:', 'http:');
    if (url === undefined || url.username !== '' || url.password !== '') return undefined;
    const pathname = url.pathname.replace(/\/$/, '');
    if (!/^(?:\/[A-Za-z0-9._~-]+)*$/.test(pathname)) return undefined;
    url.pathname = pathname;
    return url;
  },
);

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
