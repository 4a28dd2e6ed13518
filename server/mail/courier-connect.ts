// Owns the opening of the connection to the relay, up to where SMTP begins: name resolution, TCP, and TLS
// when it comes first. It never sends a byte of SMTP.

import { connect, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls, getCACertificates } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { Relay } from './courier-relay.ts';
import { StageFailure } from './courier-failure.ts';
import type { SmtpStage } from './outcome.ts';
import { demandOptions } from './tls-demand.ts';
import type { TlsDemand } from './tls-demand.ts';

export interface ConnectSettings {
  readonly relay: Relay;
  /** Refuse a certificate whose chain, dates or name are wrong. */
  readonly verify: boolean;
  /** An authority trusted besides Node's own list and NODE_EXTRA_CA_CERTS. */
  readonly caPem: string | undefined;
  /** What this very server has to prove, in place of `verify`. */
  readonly demand?: TlsDemand | undefined;
  /** Where the host is, if that was looked up before: no other address is tried. */
  readonly addresses?: readonly string[] | undefined;
  readonly connectMs: number;
  readonly greetingMs: number;
}

/** A connected socket: TLS has been spoken on it when the relay begins with TLS. @throws StageFailure */
export async function connectSocket(settings: ConnectSettings, signal: AbortSignal): Promise<Socket> {
  const { host, port, implicitTls } = settings.relay;
  const { addresses } = settings;
  const plain = connect({
    host,
    port,
    autoSelectFamily: true,
    ...(addresses === undefined ? {} : { lookup: among(addresses) }),
  });
  await ready(plain, 'connect', 'CONNECT', settings.connectMs, signal);
  if (!implicitTls) return plain;
  const secure = connectTls({ socket: plain, host, ...tlsOptions(settings) });
  await ready(secure, 'secureConnect', 'TLS', settings.greetingMs, signal);
  return secure;
}

/** Options for TLS with this relay, the same for both ways of beginning it. */
export function tlsOptions({ relay, verify, caPem, demand }: ConnectSettings): ConnectionOptions {
  // RFC 6066 section 3: no address in SNI. The certificate is checked against the address all the same.
  const name = isIP(relay.host) === 0 ? { servername: relay.host.replace(/\.$/, '') } : {};
  const own = caPem === undefined ? [] : [caPem];
  if (demand !== undefined) return { ...name, ...demandOptions(demand, [...getCACertificates('default'), ...own]) };
  return {
    rejectUnauthorized: verify,
    ...name,
    ...(caPem === undefined ? {} : { ca: [...getCACertificates('default'), caPem] }),
  };
}

function among(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const [first] = found;
    if (first === undefined) return done(new Error('the host has no address'), '');
    if (options.all === true) return done(null, found);
    return done(null, first.address, first.family);
  };
}

function ready(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  stage: SmtpStage,
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', fail);
      socket.off(event, succeed).off('error', fail).off('close', fail);
      done();
    };
    const succeed = (): void => settle(resolve);
    const fail = (): void =>
      settle(() => {
        // What a socket says while it is torn down concerns nobody.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(new StageFailure(stage));
      });
    const timer = setTimeout(fail, withinMs);
    signal.addEventListener('abort', fail);
    socket.on(event, succeed).on('error', fail).on('close', fail);
    if (signal.aborted) fail();
  });
}
