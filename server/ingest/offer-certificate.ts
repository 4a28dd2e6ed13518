// Owns keeping the certificate that a mail was signed with, so that an administrator may approve it. It is trusted by nothing that is
// done here, and one who signs with ever new ones fills no table.

import { canonicalAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { CheckedSignature } from '../crypto/cms-signature.ts';
import type { Tx } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { countOffered } from '../smime/certificates-for.store.ts';
import { addressesOf, insertCertificate } from '../smime/certificates.store.ts';

export interface Offer {
  readonly author: Address;
  readonly signature: Omit<CheckedSignature, 'content'>;
}

const OFFERED_PER_ADDRESS_MAX = 3;

export async function offerCertificate(vault: Vault, tx: Tx, { author, signature }: Offer): Promise<void> {
  const { signer, others, capabilities, isIntact } = signature;
  // Only one that could be used is worth anybody's look.
  if (signer === undefined || !isIntact || !signer.isForMail || !signer.mayEncrypt || signer.isAuthority) return;
  const wanted = canonicalAddress(author);
  if (!addressesOf(signer).some((address) => canonicalAddress(address) === wanted)) return;
  if ((await countOffered(vault.keyring, tx, author)) >= OFFERED_PER_ADDRESS_MAX) return;
  const chain = others.slice(0, 5);
  const id = await insertCertificate(vault, tx, {
    role: 'recipient',
    facts: signer,
    chain,
    origin: 'mail',
    capabilities,
  });
  if (id === undefined) return;
  await appendAudit(vault, tx, {
    event: 'certificate-offered',
    details: { certificate: id, fingerprint: signer.fingerprint },
  });
}
