// Owns the reading of RELAY_URL: which server, which port, TLS from the first byte or not, which login.
// Its errors never repeat the URL, for a password may stand in it.

import { isIP } from 'node:net';

export interface Relay {
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`), else by STARTTLS. */
  readonly implicitTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/**
 * `smtp://[user:password@]host[:587]` or `smtps://[user:password@]host[:465]`, user and password
 * percent-encoded where needed.
 * @throws Error that says what was expected and nothing of what was given.
 */
export function parseRelay(text: string): Relay {
  const url = URL.parse(text);
  const scheme = url?.protocol ?? '';
  if (url === null || !(scheme in PORTS)) throw new Error('The relay must be smtp://HOST or smtps://HOST');
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    throw new Error('The relay must end after its host and port');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(host) === 0 && !HOST.test(host)) throw new Error('The relay needs a host name or an IP address');
  const port = url.port === '' ? PORTS[scheme] : Number(url.port);
  if (port === undefined || port < 1) throw new Error('The relay needs a port from 1 to 65535');
  return { host, port, implicitTls: scheme === 'smtps:', login: parseLogin(url.username, url.password) };
}

function parseLogin(username: string, secret: string): Relay['login'] {
  if (username === '' && secret === '') return undefined;
  const user = decode(username);
  const password = decode(secret);
  // A NUL would end the user name inside AUTH PLAIN (RFC 4616 section 2).
  if (user === '' || password === '' || CONTROLS.test(user + password)) {
    throw new Error('The relay needs both a user and a password, percent-encoded, or neither');
  }
  return { user, password };
}

/** The decoded text, or '' when the encoding is broken. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

// RFC 6409 and RFC 8314 section 3.3: submission, and submission over TLS.
const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };
const HOST = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*\.?$/;
const CONTROLS = /[\u0000-\u001f\u007f]/;
