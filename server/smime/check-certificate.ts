// Owns what must hold before a certificate is used (RFC 8550): its time, its purpose, its key, its address, the way to a root that
// is believed, and what its authority says of it. Each that does not is named; none is passed over.

import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { addressesOf } from './certificates.store.ts';
import type { StoredCertificate } from './certificates.store.ts';
import { canEncryptTo } from './choose-algorithms.ts';
import { chainOfStored } from './trust.ts';

export type CertificateFault =
  | 'not-yet-valid'
  | 'expired'
  | 'not-for-mail'
  | 'not-for-encryption'
  | 'not-for-signing'
  | 'weak-or-unknown-key'
  | 'no-address'
  | 'no-trusted-chain'
  | 'not-an-authority'
  | 'no-private-key'
  | 'revoked'
  | 'revocation-unknown';

export interface CheckDeps {
  readonly db: Db | Tx;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Empty: it may be used, once an administrator has approved it. */
export async function faultsOf(deps: CheckDeps, certificate: StoredCertificate): Promise<CertificateFault[]> {
  const now = isoNow(deps.clock);
  const { facts, row } = certificate;
  const faults = [...timeFaults(certificate, now), ...standingFaults(certificate, now)];
  if (row.role === 'authority') {
    if (!facts.isAuthority || !facts.mayCertify) faults.push('not-an-authority');
    return faults;
  }
  if (!facts.isForMail || facts.isAuthority) faults.push('not-for-mail');
  if (row.role === 'recipient' && !facts.mayEncrypt) faults.push('not-for-encryption');
  if (row.role === 'own' && !facts.mayEncrypt && !facts.maySign) faults.push('not-for-signing');
  if (row.role === 'own' && !row.hasKey) faults.push('no-private-key');
  if (!canEncryptTo(facts.key)) faults.push('weak-or-unknown-key');
  if (addressesOf(facts).length === 0) faults.push('no-address');
  if ((await chainOfStored(deps, certificate, now)) === undefined) faults.push('no-trusted-chain');
  return faults;
}

function timeFaults({ facts }: StoredCertificate, now: string): CertificateFault[] {
  if (now < facts.notBefore) return ['not-yet-valid'];
  return now > facts.notAfter ? ['expired'] : [];
}

function standingFaults({ row, card }: StoredCertificate, now: string): CertificateFault[] {
  if (row.standing === 'revoked') return ['revoked'];
  if (row.standing === 'none' || card.ignoresRevocation || row.role === 'authority') return [];
  const isGood = row.standing === 'good' && row.standing_until !== null && now <= row.standing_until;
  return isGood ? [] : ['revocation-unknown'];
}

/** What each means, for administrators. */
export const faultWords: Readonly<Record<CertificateFault, string>> = {
  'not-yet-valid': 'It is not valid yet.',
  expired: 'It has expired.',
  'not-for-mail': 'It is not for mail: emailProtection is not among its purposes, or it is an authority’s.',
  'not-for-encryption': 'Its key usage does not allow encryption.',
  'not-for-signing': 'Its key usage allows neither signing nor encryption.',
  'weak-or-unknown-key':
    'Its key is too short, or of a kind that nothing is encrypted to (RSA from 2048 bits, P-256, P-384, P-521).',
  'no-address': 'It names no mail address.',
  'no-trusted-chain':
    'No way leads from it to an authority that is trusted here. Import and approve the authority first.',
  'not-an-authority': 'It is not the certificate of an authority.',
  'no-private-key': 'Its private key is missing.',
  revoked: 'Its authority has revoked it.',
  'revocation-unknown': 'Its authority has not said within the time that it stands by it.',
};
