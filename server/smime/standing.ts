// Owns writing down what an authority says of a certificate, and when it is asked again.

import { DAY_MS, HOUR_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { changeCertificate } from './certificates.store.ts';
import type { StoredCertificate } from './certificates.store.ts';
import type { PublicFetch } from './fetch-public.ts';
import { askStanding } from './revocation.ts';
import { chainOfStored } from './trust.ts';

export interface StandingDeps {
  readonly db: Db;
  readonly vault: { readonly keyring: Keyring; readonly clock: Clock };
  readonly fetchPublic: PublicFetch;
}

const ASK_AGAIN_MS = 12 * HOUR_MS;
const TRY_AGAIN_MS = HOUR_MS;
/** However long an authority says that it stands by an answer. */
const BELIEVED_MS = 10 * DAY_MS;

/**
 * Asks, unless there is nobody to ask or an administrator said not to. What was good stays so until its own end when nobody answers; what
 * was revoked stays revoked. @returns the certificate as it is then; undefined when it is gone.
 */
export async function renewStanding(
  { db, vault, fetchPublic }: StandingDeps,
  certificate: StoredCertificate,
): Promise<StoredCertificate | undefined> {
  const { row, card, facts } = certificate;
  const { clock, keyring } = vault;
  if (row.standing === 'none' || row.role === 'authority' || card.ignoresRevocation) return certificate;
  const [, issuer] = (await chainOfStored({ db, keyring }, certificate, isoNow(clock))) ?? [];
  const said = issuer === undefined ? undefined : await askStanding({ fetchPublic, clock }, facts, issuer);
  const latest = isoNow(clock, BELIEVED_MS);
  return inTransaction(db, async (tx) => {
    const changed = await changeCertificate(vault, tx, row.id, (now) => {
      if (said === undefined) return { lookAt: isoNow(clock, TRY_AGAIN_MS) };
      if (now.row.standing === 'revoked') return { lookAt: isoNow(clock, ASK_AGAIN_MS) };
      const standingUntil = said.until < latest ? said.until : latest;
      return { standing: said.state, standingUntil, lookAt: isoNow(clock, ASK_AGAIN_MS) };
    });
    return changed;
  });
}
