// Owns refusing a road that was asked for by name and cannot be had, while there is somebody to hear it. Nothing is sent to anybody
// then: whoever names a road must not find out later who got something else.

import { domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import type { Decision } from '../policy/decide.ts';
import type { PlacedRecipient } from './message-rows.ts';

export interface RoadChecks {
  /** Whether something vouches for the servers of this domain, or may when it can be asked. */
  readonly mayGoDirectly: (domain: string) => Promise<boolean>;
  /** Whether there is a certificate that may be used for this address now. */
  readonly hasCertificate: (address: Address) => Promise<boolean>;
}

/** Throws policy/refused. What ends between this and the sending leads by the portal. */
export async function checkRoads(
  deps: RoadChecks,
  decision: Decision,
  placed: readonly PlacedRecipient[],
): Promise<void> {
  if (decision.deliver === 'tls') await checkEvidence(deps, decision, placed);
  if (decision.deliver === 'smime') await checkCertificates(deps, decision, placed);
}

async function checkEvidence(
  { mayGoDirectly }: RoadChecks,
  { roads }: Decision,
  placed: readonly PlacedRecipient[],
): Promise<void> {
  const direct = placed.filter((_, n) => roads[n]?.road === 'tls');
  const domains = [...new Set(direct.map(({ address }) => domainOf(address)))];
  const answers = await Promise.all(domains.map(mayGoDirectly));
  if (answers.every((may) => may)) return;
  throw new AppError(
    'policy/refused',
    'Delivery by TLS is asked for, and for a recipient’s domain nothing vouches for its servers: no connector, no DANE, no MTA-STS in force.',
  );
}

async function checkCertificates(
  { hasCertificate }: RoadChecks,
  { roads }: Decision,
  placed: readonly PlacedRecipient[],
): Promise<void> {
  let missing = 0;
  for (const [n, { address }] of placed.entries()) {
    if (roads[n]?.road === 'smime' && !(await hasCertificate(address))) missing += 1;
  }
  if (missing === 0) return;
  throw new AppError('policy/refused', sentence('compose.smime-missing', { missing, all: placed.length }));
}
