// Owns the rung of S/MIME on the way of a mail itself: encrypted to its recipient's certificate, by whatever connection the courier
// has. Where it cannot be encrypted nothing of it leaves, and whoever asked takes the next way.

import { isoNow } from '../core/clock.ts';
import { composeDirect } from '../mail/compose.ts';
import type { Carriers, DirectResult } from './direct.ts';
import { encryptLetter } from './encrypt-letter.ts';
import type { SecuredLetter } from './encrypt-letter.ts';
import type { Letter, MailDeps } from './mail-deps.ts';

/** CERTIFICATE: there is none that may be used. ENCRYPT: it could not be done, the mail being too large for it, for one. */
export type NoWay = 'CERTIFICATE' | 'ENCRYPT';

export async function bringEncrypted(
  deps: MailDeps,
  letter: Letter,
  { encrypted, note }: Carriers,
): Promise<DirectResult> {
  let secured: SecuredLetter | undefined;
  try {
    secured = await encryptLetter(deps, letter, composeDirect);
  } catch (error) {
    note(error);
    return { kind: 'no-way', why: 'ENCRYPT' };
  }
  if (secured === undefined) return { kind: 'no-way', why: 'CERTIFICATE' };
  const outcome = await encrypted(secured);
  if (outcome.kind === 'failed') return { ...outcome, isFinal: outcome.permanent };
  const { certificate, algorithms, isSigned } = secured;
  const { response } = outcome;
  return {
    kind: 'delivered',
    record: { road: 'smime', at: isoNow(deps.vault.clock), response, certificate, algorithms, isSigned },
  };
}
