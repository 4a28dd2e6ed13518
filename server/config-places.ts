// Owns the kinds of settings that name a place: a path, a listener, a URL. Like those in config-values.ts they
// never repeat a value, and they never look whether the place is there.

import { isIP } from 'node:net';
import type { BlobStorePlace } from './blobs/open.ts';
import { value, type Parser } from './config-values.ts';
import { isLoopbackHost } from './core/networks.ts';
import type { DatabaseSource } from './db/engine.ts';

export interface Listen {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
}

export const path: Parser<string> = value('a path without control characters', parsePath);

export type KeyringPlace =
  | { readonly kind: 'file'; readonly file: string }
  /** Prints the keyring on its standard output; never run through a shell. */
  | { readonly kind: 'exec'; readonly command: string; readonly args: readonly string[] }
  /** A key of HashiCorp Vault's transit engine that seals the keyring file. */
  | { readonly kind: 'vault'; readonly mount: string; readonly key: string };

export const keyring: Parser<KeyringPlace> = value(
  'the path of a file, exec:COMMAND, or vault:MOUNT/KEY such as vault:transit/sealpost',
  parseKeyringPlace,
);

export const databaseUrl: Parser<DatabaseSource> = value(
  'sqlite:PATH or postgres://user:password@host:5432/database',
  (text) => {
    const file = schemePath('sqlite', text);
    if (file !== undefined) return { kind: 'sqlite', file };
    return isPostgresUrl(text) ? { kind: 'postgres', url: text } : undefined;
  },
);

export const blobUrl: Parser<BlobStorePlace> = value(
  'file:PATH or s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1, where the name of the bucket ' +
    'has 3 to 63 lower-case letters, digits, dots and hyphens',
  (text) => {
    const folder = schemePath('file', text);
    return folder === undefined ? parseS3(text) : { kind: 'files', folder };
  },
);

/** `https://…`, or `http://…` of this machine: what goes there is a secret. */
export const serviceUrl: Parser<URL> = value('an https:// address', (text) => {
  const url = parseUrl(text, 'https:', 'http:');
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  return url.protocol === 'https:' || isLoopbackHost(url.hostname) ? url : undefined;
});

/** A syslog server: over TLS, or in clear on this machine. */
export const syslogUrl: Parser<{ readonly host: string; readonly port: number; readonly tls: boolean }> = value(
  'tls://HOST:PORT such as tls://logs.example.com:6514, or tcp:// on this machine',
  (text) => {
    const [, scheme, host = '', digits = ''] = /^(tls|tcp):\/\/([^:/?#@\s]+):(\d{1,5})$/.exec(text) ?? [];
    const [port, tls] = [Number(digits), scheme === 'tls'];
    if (!isHost(host) || port === 0 || port > 65_535 || (!tls && !isLoopbackHost(host))) return undefined;
    return { host, port, tls };
  },
);

/** Where an issuer is: what it says lets people in, so it is never heard in clear. */
export const issuerUrl: Parser<string> = value('an https:// address without a query', (text) => {
  const url = parseUrl(text, 'https:');
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain ? text : undefined;
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

/** `smtp://[user:password@]host[:port]`, `smtps://…` for TLS from the first byte, or `direct`. */
export const relayUrl: Parser<URL | 'direct'> = value(
  'smtp://user:password@host:587 or smtps://user:password@host:465, user and password percent-encoded or left out, or direct',
  (text) => {
    if (text === 'direct') return text;
    const url = parseUrl(text, 'smtp:', 'smtps:');
    if (url === undefined || (url.pathname !== '' && url.pathname !== '/')) return undefined;
    const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) === 0 && !isHost(bare)) return undefined;
    if (url.port === '0' || (url.username === '') !== (url.password === '')) return undefined;
    return [url.username, url.password].every(isPercentEncoded) ? url : undefined;
  },
);

function parseKeyringPlace(text: string): KeyringPlace | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return parsePath(text) === undefined ? undefined : { kind: 'file', file: text };
  if (scheme === 'exec') {
    const [command, ...args] = rest.trim().split(/ +/);
    return command === undefined || command === '' || parsePath(rest) === undefined
      ? undefined
      : { kind: 'exec', command, args };
  }
  const [, mount, key] = (scheme === 'vault' ? /^([\w-]+(?:\/[\w-]+)*)\/([\w-]+)$/.exec(rest) : null) ?? [];
  return mount === undefined || key === undefined ? undefined : { kind: 'vault', mount, key };
}

function isPostgresUrl(text: string): boolean {
  if (!/^postgres(?:ql)?:/.test(text) || /[\s#\\]/.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, searchParams } = new URL(text);
  // A socket's folder stands in the query: postgres:///name?host=/run/postgresql
  return (hostname !== '' || searchParams.has('host')) && /^\/[^/]+$/.test(pathname);
}

function parseS3(text: string): BlobStorePlace | undefined {
  if (!text.startsWith('s3://') || /[\s#\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const known = ['endpoint', 'region'];
  if (url.username !== '' || url.password !== '' || url.port !== '') return undefined;
  if ([...url.searchParams.keys()].some((name) => !known.includes(name))) return undefined;
  const [prefix, region] = [url.pathname.replace(/^\/|\/$/g, ''), url.searchParams.get('region') ?? 'us-east-1'];
  const endpoint = serviceUrl.safeParse(url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`).data;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname) || !/^(?:[\w.-]+(?:\/[\w.-]+)*)?$/.test(prefix))
    return undefined;
  if (endpoint === undefined || endpoint.search !== '' || !/^[a-z0-9-]{1,40}$/.test(region)) return undefined;
  return {
    kind: 's3',
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: endpoint.href.replace(/\/$/, ''),
    region,
  };
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
