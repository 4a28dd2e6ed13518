// Owns what is read from a peer's certificate beyond what TLS itself checks: the digests by which keys and certificates are pinned
// and TLSA records match. It judges no chain, no name and no date: OpenSSL does.

import { X509Certificate, createPrivateKey, hash } from 'node:crypto';
import { equalBytes, sha256 } from './digest.ts';

/** RFC 6698 section 2.1. */
export interface TlsaRecord {
  readonly usage: number;
  /** 0: the whole certificate; 1: its public key. */
  readonly selector: number;
  /** 0: the bytes themselves; 1: SHA-256; 2: SHA-512. */
  readonly matching: number;
  readonly data: Uint8Array;
}

/** SHA-256 of the public key (SubjectPublicKeyInfo) of a certificate in DER, as base64. Throws when it is none. */
export function publicKeyPin(der: Uint8Array): string {
  return sha256(publicKeyOf(new X509Certificate(der))).toString('base64');
}

/** Whether the record names this certificate; false for what is none, and for a selector or matching that is not known. */
export function isNamedBy(record: TlsaRecord, der: Uint8Array): boolean {
  const bytes = selected(record.selector, der);
  const digest = bytes === undefined ? undefined : matched(record.matching, bytes);
  return digest !== undefined && equalBytes(digest, record.data);
}

export function certificatePem(der: Uint8Array): string {
  return new X509Certificate(der).toString();
}

export interface ServerCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** ISO 8601 UTC */
  readonly from: string;
  readonly until: string;
  readonly pin: string;
}

/** What a person wants to know of a certificate. Throws when it is none. */
export function readCertificate(certificate: string | Uint8Array): ServerCertificate {
  const read = new X509Certificate(certificate);
  return {
    subject: read.subject.replaceAll('\n', ', '),
    issuer: read.issuer.replaceAll('\n', ', '),
    names: (read.subjectAltName ?? '').split(', ').flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []),
    from: read.validFromDate.toISOString(),
    until: read.validToDate.toISOString(),
    pin: sha256(publicKeyOf(read)).toString('base64'),
  };
}

/** What a peer that shows a certificate is known by. */
export interface ShownCertificate {
  /** SHA-256 of the whole certificate, as hex. */
  readonly fingerprint: string;
  /** SHA-256 of its public key, as base64. */
  readonly pin: string;
  /** ISO 8601 UTC */
  readonly from: string;
  readonly until: string;
}

/** Undefined for what is no certificate, or one whose key cannot be read. */
export function readShown(certificate: string | Uint8Array): ShownCertificate | undefined {
  try {
    const read = new X509Certificate(certificate);
    return {
      fingerprint: sha256(read.raw).toString('hex'),
      pin: sha256(publicKeyOf(read)).toString('base64'),
      from: read.validFromDate.toISOString(),
      until: read.validToDate.toISOString(),
    };
  } catch {
    return undefined;
  }
}

/** Whether the certificate (PEM, perhaps with its chain behind it) and the unencrypted private key belong together. */
export function isPair(certificatePem: string, keyPem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return false;
  }
}

function publicKeyOf(certificate: X509Certificate): Buffer {
  return certificate.publicKey.export({ type: 'spki', format: 'der' });
}

function selected(selector: number, der: Uint8Array): Uint8Array | undefined {
  if (selector === 0) return der;
  if (selector !== 1) return undefined;
  try {
    return publicKeyOf(new X509Certificate(der));
  } catch {
    return undefined;
  }
}

function matched(matching: number, bytes: Uint8Array): Uint8Array | undefined {
  if (matching === 0) return bytes;
  if (matching === 1) return sha256(bytes);
  return matching === 2 ? hash('sha512', bytes, 'buffer') : undefined;
}
