// Owns refusing a road that was asked for by name and cannot be had, while there is somebody to hear it. Nothing is sent to anybody
// then: whoever names a road must not find out later who got something else.

import { domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { sentence } from '../language/words.ts';
import type { MailTree } from '../mail/mail-tree.ts';
import type { Decision } from '../policy/decide.ts';
import type { PlacedRecipient } from './message-rows.ts';

export interface RoadChecks {
  /** Whether something vouches for the servers of this domain, or may when it can be asked. */
  readonly mayGoDirectly: (domain: string) => Promise<boolean>;
  /** Whether there is a certificate that may be used for this address now. */
  readonly hasCertificate: (address: Address) => Promise<boolean>;
}

export interface RoadsChecked {
  readonly decision: Pick<Decision, 'deliver' | 'roads'>;
  readonly placed: readonly Pick<PlacedRecipient, 'address'>[];
  readonly tree: Pick<MailTree, 'text' | 'html' | 'parts'>;
}

/** Throws policy/refused. What ends between this and the sending leads by the portal. */
export async function checkRoads(deps: RoadChecks, asked: RoadsChecked): Promise<void> {
  if (asked.decision.deliver === 'tls') await checkEvidence(deps, asked);
  if (asked.decision.deliver === 'smime') await checkEncryption(deps, asked);
}

async function checkEvidence({ mayGoDirectly }: RoadChecks, { decision, placed }: RoadsChecked): Promise<void> {
  const direct = placed.filter((_, n) => decision.roads[n]?.road === 'tls');
  const domains = [...new Set(direct.map(({ address }) => domainOf(address)))];
  const answers = await Promise.all(domains.map(mayGoDirectly));
  if (answers.every((may) => may)) return;
  throw new AppError(
    'policy/refused',
    'Delivery by TLS is asked for, and for a recipient’s domain nothing vouches for its servers: no connector, no DANE, no MTA-STS in force.',
  );
}

async function checkEncryption(
  { hasCertificate }: RoadChecks,
  { decision, placed, tree }: RoadsChecked,
): Promise<void> {
  const encrypted = placed.filter((_, n) => decision.roads[n]?.road === 'smime');
  if (encrypted.length === 0) return;
  if (composedBytesMost(tree) > limits.smimeBytesMax) {
    throw new AppError(
      'policy/refused',
      sentence('compose.smime-too-large', { size: { bytes: limits.smimeBytesMax } }),
    );
  }
  let missing = 0;
  for (const { address } of encrypted) if (!(await hasCertificate(address))) missing += 1;
  if (missing === 0) return;
  throw new AppError('policy/refused', sentence('compose.smime-missing', { missing, all: placed.length }));
}

/** Of the heads of the mail and its parts. */
const HEADS_BYTES_MOST = 256 * 1024;

/** No mail is larger that is made of this: files in base64 with their line ends, texts in which each byte takes three. */
export function composedBytesMost({ text = '', html = '', parts }: RoadsChecked['tree']): number {
  const files = parts.reduce((sum, { size }) => sum + Math.ceil(Math.ceil(size / 3) * 4 * (78 / 76)), 0);
  return files + 3 * (Buffer.byteLength(text) + Buffer.byteLength(html)) + HEADS_BYTES_MOST;
}
