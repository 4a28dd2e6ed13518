// Owns what is said of a signature to people: not more than was checked. A certificate that came along with a mail is believed only
// by way of an authority that is trusted here.

import { canonicalAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { CheckedSignature } from '../crypto/cms-signature.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { addressesOf, loadByFingerprint } from './certificates.store.ts';
import { trustedChain } from './trust.ts';

/**
 * valid: nothing was changed, and it is the author's, vouched for by an authority that is trusted here. untrusted: nothing was changed, but
 * nobody vouches that the certificate is the author's. broken: something was changed, or nothing can be said. unchecked: too large.
 */
export type SignatureState = 'valid' | 'untrusted' | 'broken' | 'unchecked';

export interface SignatureDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Of all signatures of a mail: one that is broken breaks it, and only the innermost, at the content, says who wrote it. */
export async function signatureState(
  deps: SignatureDeps,
  signatures: readonly Omit<CheckedSignature, 'content'>[],
  author: Address,
): Promise<SignatureState | undefined> {
  const innermost = signatures.at(-1);
  if (innermost === undefined) return undefined;
  if (!signatures.every(({ isIntact }) => isIntact)) return 'broken';
  return (await isAuthors(deps, innermost, author)) ? 'valid' : 'untrusted';
}

async function isAuthors(
  { db, keyring, clock }: SignatureDeps,
  { signer, others }: Omit<CheckedSignature, 'content'>,
  author: Address,
): Promise<boolean> {
  const now = isoNow(clock);
  if (signer === undefined || !signer.isForMail || now < signer.notBefore || now > signer.notAfter) return false;
  // RFC 8550 section 3: the address of From is among those of the certificate.
  const wanted = canonicalAddress(author);
  if (!addressesOf(signer).some((address) => canonicalAddress(address) === wanted)) return false;
  const known = await loadByFingerprint(keyring, db, signer.fingerprint);
  if (known?.row.state === 'refused' || known?.row.standing === 'revoked') return false;
  return (await trustedChain({ db, keyring }, signer, others, now)) !== undefined;
}
