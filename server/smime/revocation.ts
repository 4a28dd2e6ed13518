// Owns asking an authority whether it has taken a certificate back: by OCSP where the certificate names a responder, else by its list.
// No answer is never taken for a good one.

import type { Clock } from '../core/clock.ts';
import type { CertificateFacts } from '../crypto/certificate.ts';
import { ocspQuestion, standingByCrl, standingByOcsp } from '../crypto/revocation-answers.ts';
import type { Standing } from '../crypto/revocation-answers.ts';
import type { PublicFetch } from './fetch-public.ts';

export interface RevocationDeps {
  readonly fetchPublic: PublicFetch;
  readonly clock: Clock;
}

export const CRL_BYTES_MAX = 5 * 1024 * 1024;
const OCSP_BYTES_MAX = 64 * 1024;
/** Of each kind, the first ones that it names. */
const PLACES_MAX = 2;

/** What the authority says now; undefined when nobody who was asked says anything that can be believed. */
export async function askStanding(
  { fetchPublic, clock }: RevocationDeps,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): Promise<Standing | undefined> {
  for (const url of certificate.ocspUrls.slice(0, PLACES_MAX)) {
    const answer = await fetchPublic(url, {
      body: ocspQuestion(certificate, issuer),
      contentType: 'application/ocsp-request',
      bytesMax: OCSP_BYTES_MAX,
    }).catch(nothing);
    const standing = answer && standingByOcsp(answer, certificate, issuer, clock.nowMs());
    if (standing !== undefined) return standing;
  }
  for (const url of certificate.crlUrls.slice(0, PLACES_MAX)) {
    const list = await fetchPublic(url, { bytesMax: CRL_BYTES_MAX }).catch(nothing);
    const standing = list && standingByCrl(list, certificate, issuer, clock.nowMs());
    if (standing !== undefined) return standing;
  }
  return undefined;
}

// Why it could not be reached is of no use to anybody here, and may name hosts.
function nothing(): undefined {
  return undefined;
}
