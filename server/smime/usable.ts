// Owns finding the certificate that may be used for an address now. Where there is none that passes every check, there is none: whoever
// asks then takes another road, never a weaker one.

import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { CmsSigner } from '../crypto/cms-signature.ts';
import type { DecryptionKey } from '../crypto/cms-open.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { approvedFor, loadOwnKey, ownKeys } from './certificates-for.store.ts';
import type { StoredCertificate } from './certificates.store.ts';
import { faultsOf } from './check-certificate.ts';
import type { ToEncryptFor } from './choose-algorithms.ts';
import { chainOfStored } from './trust.ts';

export interface UsableDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface UsableCertificate extends ToEncryptFor {
  /** Of its row: to be given to `noteUsed`. */
  readonly id: string;
}

/** The recipient's certificate, to be handed to `encryptFor`: approved, and without a fault at this moment. */
export async function loadCertificateFor(deps: UsableDeps, address: Address): Promise<UsableCertificate | undefined> {
  const found = await firstWithoutFault(deps, await approvedFor(deps.keyring, deps.db, address, 'recipient'));
  if (found === undefined) return undefined;
  const { row, card, facts } = found;
  const { cipher, allowsPkcs1, capabilities } = card;
  return { id: row.id, facts, algorithms: { cipher, allowsPkcs1 }, capabilities };
}

export interface UsableSigner extends CmsSigner {
  readonly id: string;
}

/** The organisation's own certificate for the address that a mail of ours comes from. */
export async function loadSignerFor(deps: UsableDeps, address: Address): Promise<UsableSigner | undefined> {
  const own = await approvedFor(deps.keyring, deps.db, address, 'own');
  const found = await firstWithoutFault(
    deps,
    own.filter(({ facts }) => facts.maySign),
  );
  const privateKey = found === undefined ? undefined : await loadOwnKey(deps.keyring, deps.db, found.row.id);
  const chain = found === undefined ? undefined : await chainOfStored(deps, found, isoNow(deps.clock));
  if (found === undefined || privateKey === undefined || chain === undefined) return undefined;
  // Without the root, which whoever checks it has or does not trust.
  const between = chain.slice(1, -1).map((one) => one.der);
  return { id: found.row.id, certificate: found.facts, chain: between, privateKey };
}

/** All keys that open what was encrypted to the organisation. */
export async function loadDecryptionKeys({ db, keyring }: UsableDeps): Promise<readonly DecryptionKey[]> {
  return (await ownKeys(keyring, db)).map(({ facts, privateKey }) => ({
    privateKey,
    issuerAndSerial: facts.issuerAndSerial,
    subjectKeyId: facts.subjectKeyId,
  }));
}

async function firstWithoutFault(
  deps: UsableDeps,
  list: readonly StoredCertificate[],
): Promise<StoredCertificate | undefined> {
  for (const certificate of list) {
    if ((await faultsOf(deps, certificate)).length === 0) return certificate;
  }
  return undefined;
}
