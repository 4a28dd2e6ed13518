// Owns which authorities are believed: those that come with Node, and those that an administrator approved. It never believes one that
// came along with a mail.

import { getCACertificates } from 'node:tls';
import type { Keyring } from '../crypto/keyring.ts';
import { parseCertificate } from '../crypto/certificate.ts';
import type { CertificateFacts } from '../crypto/certificate.ts';
import type { Db, Tx } from '../db/engine.ts';
import { approvedAuthorities } from './certificates-for.store.ts';
import type { StoredCertificate } from './certificates.store.ts';

export interface TrustDeps {
  readonly db: Db;
  readonly keyring: Keyring;
}

/** From the certificate to a root that is believed, both included; undefined where there is no such way. */
export async function trustedChain(
  { db, keyring }: { readonly db: Db | Tx; readonly keyring: Keyring },
  facts: CertificateFacts,
  along: readonly Buffer[],
  at: string,
): Promise<readonly CertificateFacts[] | undefined> {
  const approved = (await approvedAuthorities(keyring, db)).map((one) => one.facts);
  const isRoot = ({ subjectName, issuerName }: CertificateFacts): boolean => subjectName.equals(issuerName);
  const roots = [...nodeRoots(), ...approved.filter(isRoot)];
  const between = [...approved.filter((one) => !isRoot(one)), ...along.map((one) => parseCertificate(one))];
  // Read, with pkijs, when the first certificate is looked at.
  const { chainOf } = await import('../crypto/certificate-chain.ts');
  return chainOf(facts, { roots, between: between.filter((one) => !isRoot(one)) }, at);
}

export function chainOfStored(
  deps: { readonly db: Db | Tx; readonly keyring: Keyring },
  { facts, card }: StoredCertificate,
  at: string,
): Promise<readonly CertificateFacts[] | undefined> {
  return trustedChain(
    deps,
    facts,
    card.chain.map((one) => Buffer.from(one, 'base64')),
    at,
  );
}

let known: readonly CertificateFacts[] | undefined;

/** Read when it is first asked for: a start does not wait. */
function nodeRoots(): readonly CertificateFacts[] {
  known ??= getCACertificates('default').flatMap((pem) => {
    try {
      return [parseCertificate(Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64'))];
    } catch {
      // One that is not understood here is not believed.
      return [];
    }
  });
  return known;
}
