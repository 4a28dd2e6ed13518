// Owns what is known of the peer at the other end of a connection: what it is protected by, and what it showed of itself. It judges
// nothing.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { chainOf } from './tls-demand.ts';

/** By what a connection is protected, as both sides agreed. */
export interface Secured {
  readonly protocol: string;
  readonly cipher: string;
}

/** What a peer showed of itself. */
export interface PeerFacts extends Secured {
  /** In DER, its own first. */
  readonly chain: readonly Buffer[];
  /** Why the chain leads to nobody who is trusted, or the name is another: OpenSSL's word. */
  readonly fault: string | undefined;
}

/** Undefined without TLS. */
export function securedOf(socket: Socket | false | null): Secured | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().name };
}

/** Undefined without TLS. */
export function peerOf(socket: Socket | false | null): PeerFacts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { protocol = '', cipher = '' } = securedOf(socket) ?? {};
  // The types say that it is an error; it is a word.
  const fault = socket.authorized ? undefined : String(socket.authorizationError);
  return { protocol, cipher, chain: chainOf(socket), fault };
}
