// Owns what a destination's TLS has to prove before any mail goes over it, and whether a connection proves it. It opens no
// connection, and nothing in it makes a demand weaker than it was made.

import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { certificatePem, isNamedBy, publicKeyPin } from '../crypto/server-certificate.ts';
import type { TlsaRecord } from '../crypto/server-certificate.ts';

export interface TlsDemand {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly proof: TlsProof;
  /** Shown to a partner who asks for it. */
  readonly client?: { readonly certificatePem: string; readonly keyPem: string };
}

export type TlsProof =
  /** By an authority that is trusted, for any one of these names. */
  | { readonly kind: 'ca'; readonly names: readonly string[] }
  /** SHA-256 of the public key, base64; any one of these. */
  | { readonly kind: 'pin'; readonly pins: readonly string[] }
  /** RFC 7672. The names count for usage 2 alone. */
  | { readonly kind: 'dane'; readonly records: readonly TlsaRecord[]; readonly names: readonly string[] }
  /** A chain that leads to this certificate, for any one of these names. */
  | { readonly kind: 'anchor'; readonly anchorPem: string; readonly names: readonly string[] };

/** Options for the handshake. What they do not enforce, `judge` does. */
export function demandOptions(
  { minVersion, proof, client }: TlsDemand,
  authorities: readonly string[],
): ConnectionOptions {
  return {
    minVersion,
    ...(client === undefined ? {} : { cert: client.certificatePem, key: client.keyPem }),
    ...proofOptions(proof, authorities),
  };
}

function proofOptions(proof: TlsProof, authorities: readonly string[]): ConnectionOptions {
  switch (proof.kind) {
    case 'ca':
      return { rejectUnauthorized: true, ca: [...authorities], checkServerIdentity: oneOf(proof.names) };
    case 'anchor':
      return {
        rejectUnauthorized: true,
        ca: [proof.anchorPem],
        // RFC 7672 section 3.1.2: the anchor need not be a root.
        allowPartialTrustChain: true,
        checkServerIdentity: oneOf(proof.names),
      };
    case 'pin':
    case 'dane':
      // Neither asks who signed the certificate; what it does ask is seen once it is there.
      return { rejectUnauthorized: false };
  }
}

function oneOf(names: readonly string[]): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_host, certificate) => {
    const faults = names.map((name) => checkServerIdentity(name, certificate));
    return faults.includes(undefined) ? undefined : (faults[0] ?? new Error('no name is asked for'));
  };
}

/**
 * met: it proves what is demanded. unmet: it does not. Otherwise the certificate that its chain has to be checked against, on
 * another connection, by OpenSSL.
 */
export type Judgement = 'met' | 'unmet' | { readonly anchorPem: string };

export function judge({ minVersion, proof }: TlsDemand, socket: TLSSocket): Judgement {
  const protocol = socket.getProtocol();
  // The library has seen to it; this makes sure that it has.
  if (protocol !== 'TLSv1.3' && (protocol !== 'TLSv1.2' || minVersion !== 'TLSv1.2')) return 'unmet';
  const leaf = socket.getPeerCertificate(true);
  // Of a peer without a certificate it is an empty object.
  if (!Buffer.isBuffer(leaf.raw)) return 'unmet';
  switch (proof.kind) {
    case 'ca':
    case 'anchor':
      return socket.authorized ? 'met' : 'unmet';
    case 'pin':
      return proof.pins.includes(publicKeyPin(leaf.raw)) ? 'met' : 'unmet';
    case 'dane':
      return judgeDane(proof.records, leaf);
  }
}

function judgeDane(records: readonly TlsaRecord[], leaf: DetailedPeerCertificate): Judgement {
  // RFC 7672 section 3.1.1: of DANE-EE neither name nor dates are asked.
  if (records.some((record) => record.usage === 3 && isNamedBy(record, leaf.raw))) return 'met';
  const anchors = records.filter(({ usage }) => usage === 2);
  if (anchors.length === 0) return 'unmet';
  const anchor = issuersOf(leaf).find((der) => anchors.some((record) => isNamedBy(record, der)));
  return anchor === undefined ? 'unmet' : { anchorPem: certificatePem(anchor) };
}

/** In DER, the peer's own first. */
export function chainOf(socket: TLSSocket): Buffer[] {
  const leaf = socket.getPeerCertificate(true);
  return Buffer.isBuffer(leaf.raw) ? [leaf.raw, ...issuersOf(leaf).filter((der) => !der.equals(leaf.raw))] : [];
}

const CHAIN_MAX = 10;

function issuersOf(leaf: DetailedPeerCertificate): Buffer[] {
  const issuers: Buffer[] = [];
  let current: DetailedPeerCertificate | undefined = leaf.issuerCertificate;
  while (current !== undefined && Buffer.isBuffer(current.raw) && issuers.length < CHAIN_MAX) {
    const { raw } = current;
    if (issuers.some((one) => one.equals(raw))) break;
    issuers.push(raw);
    current = current.issuerCertificate;
  }
  return issuers;
}
