// Owns checking who signed a structure of X.509's shape (a certificate list, an OCSP answer): a body, an algorithm, a signature. It
// knows the algorithms that are relied on, and no other.

import { createPublicKey, verify } from 'node:crypto';
import { childOf, oidOf, tags } from './ber.ts';
import type { BerNode } from './ber.ts';
import type { CertificateFacts } from './certificate.ts';

/** RFC 8017, RFC 5758: none with MD5 or SHA-1. */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
/** RSASSA-PSS and Ed25519 in certificates, whose parameters OpenSSL looks at. */
const OTHER_SOUND: readonly string[] = ['1.2.840.113549.1.1.10', '1.3.101.112'];

/** False also for an algorithm that is not relied on. @throws {BerFault} for another shape. */
export function isSignedBy(signed: BerNode, { publicKey }: Pick<CertificateFacts, 'publicKey'>): boolean {
  const hash = HASHES[oidOf(childOf(childOf(signed, 1, tags.sequence), 0))];
  if (hash === undefined) return false;
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  // The first byte of a BIT STRING counts the bits left over: none here.
  const signature = childOf(signed, 2, tags.bitString).content.subarray(1);
  return verify(hash, childOf(signed, 0).bytes, key, signature);
}

export function isSoundAlgorithm(oid: string): boolean {
  return HASHES[oid] !== undefined || OTHER_SOUND.includes(oid);
}
