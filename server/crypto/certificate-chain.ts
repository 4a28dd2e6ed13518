// Owns the way from a certificate to a root that is trusted (RFC 5280 section 6): bounded, since what stands between comes from
// strangers. The path is looked for here; pkijs then checks it whole, with its constraints on names and policies.

import { X509Certificate, createPublicKey } from 'node:crypto';
import * as pki from 'pkijs';
import type { CertificateFacts } from './certificate.ts';
import { isSoundAlgorithm } from './signed-by.ts';

export interface ChainSources {
  readonly between: readonly CertificateFacts[];
  readonly roots: readonly CertificateFacts[];
}

const AUTHORITIES_MAX = 6;
const LOOKS_MAX = 40;
const RSA_BITS_MIN = 2048;

/** From the certificate to the root, both included; undefined where there is no way that holds at `at`. */
export async function chainOf(
  leaf: CertificateFacts,
  sources: ChainSources,
  at: string,
): Promise<readonly CertificateFacts[] | undefined> {
  const looks = { left: LOOKS_MAX };
  for (const path of pathsFrom([leaf], sources, at, looks)) {
    if (await holdsWhole(path, at)) return path;
  }
  return undefined;
}

function* pathsFrom(
  path: readonly CertificateFacts[],
  sources: ChainSources,
  at: string,
  looks: { left: number },
): Generator<readonly CertificateFacts[], void, undefined> {
  const last = path.at(-1);
  if (last === undefined || path.length > AUTHORITIES_MAX) return;
  const isRoot = (one: CertificateFacts): boolean => sources.roots.some((root) => root.der.equals(one.der));
  for (const issuer of [...sources.roots, ...sources.between]) {
    if (!issuer.subjectName.equals(last.issuerName) || path.some((one) => one.der.equals(issuer.der))) continue;
    if (--looks.left < 0) return;
    if (!mayIssue(issuer, path.length - 1, at) || !hasIssued(issuer, last)) continue;
    const longer = [...path, issuer];
    if (isRoot(issuer)) yield longer;
    else yield* pathsFrom(longer, sources, at, looks);
  }
}

/** `below`: how many authorities stand between it and the certificate. */
function mayIssue(issuer: CertificateFacts, below: number, at: string): boolean {
  const { isAuthority, mayCertify, authoritiesBelowMax = Infinity, notBefore, notAfter, key } = issuer;
  if (key.type === 'rsa' && key.bits < RSA_BITS_MIN) return false;
  return isAuthority && mayCertify && below <= authoritiesBelowMax && notBefore <= at && at <= notAfter;
}

function hasIssued(issuer: CertificateFacts, issued: CertificateFacts): boolean {
  if (!isSoundAlgorithm(issued.signatureAlgorithm)) return false;
  const certificate = new X509Certificate(issued.der);
  const key = createPublicKey({ key: issuer.publicKey, format: 'der', type: 'spki' });
  return certificate.checkIssued(new X509Certificate(issuer.der)) && certificate.verify(key);
}

async function holdsWhole(path: readonly CertificateFacts[], at: string): Promise<boolean> {
  const all = path.map(({ der }) => pki.Certificate.fromBER(der));
  const [leaf, ...above] = all;
  const root = above.pop();
  if (leaf === undefined || root === undefined) return false;
  const engine = new pki.CertificateChainValidationEngine({
    trustedCerts: [root],
    certs: [...above, leaf],
    checkDate: new Date(at),
  });
  const { result } = await engine.verify();
  return result;
}
