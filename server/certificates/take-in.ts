// Owns taking certificates in from a file: what role each has, which private key is whose, and that none is there twice. What is taken
// in is offered; nothing is approved by being imported.

import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { BerFault } from '../crypto/ber.ts';
import type { CertificateFacts } from '../crypto/certificate.ts';
import { Pkcs12Fault } from '../crypto/pkcs12.ts';
import { isKeyOf } from '../crypto/private-key.ts';
import { inTransaction } from '../db/engine.ts';
import type { Tx } from '../db/engine.ts';
import { readCertificateFile } from '../smime/certificate-files.ts';
import type { FoundCertificates } from '../smime/certificate-files.ts';
import {
  insertCertificate,
  loadByFingerprint,
  loadCertificate,
  removeCertificate,
} from '../smime/certificates.store.ts';
import type { NewCertificate, StoredCertificate } from '../smime/certificates.store.ts';
import type { By, InventoryDeps } from './inventory.ts';

export interface TakenIn {
  readonly added: readonly StoredCertificate[];
  /** How many were there before. */
  readonly known: number;
}

const PER_TRANSACTION = 50;

/** Throws request/malformed for what cannot be read. */
export async function takeIn(
  deps: Pick<InventoryDeps, 'db' | 'vault'>,
  { bytes, password }: { readonly bytes: Buffer; readonly password?: string },
  by: By,
): Promise<TakenIn> {
  const wanted = rolesOf(readFile(bytes, password));
  const added: StoredCertificate[] = [];
  for (let from = 0; from < wanted.length; from += PER_TRANSACTION) {
    const some = wanted.slice(from, from + PER_TRANSACTION);
    added.push(
      ...(await inTransaction(deps.db, async (tx) => {
        const made: StoredCertificate[] = [];
        for (const one of some) made.push(...(await add(deps, tx, one, by)));
        return made;
      })),
    );
  }
  return { added, known: wanted.length - added.length };
}

function readFile(bytes: Buffer, password: string | undefined): FoundCertificates {
  try {
    return readCertificateFile(bytes, password);
  } catch (error) {
    if (error instanceof Pkcs12Fault) throw new AppError('request/malformed', pkcs12Words[error.why]);
    if (!(error instanceof BerFault)) throw error;
    throw new AppError(
      'request/malformed',
      'This is no file of certificates that can be read: PEM, DER, PKCS #7, PKCS #12 or LDIF, with the right password.',
    );
  }
}

const pkcs12Words: Readonly<Record<Pkcs12Fault['why'], string>> = {
  password: 'The PKCS #12 file does not open with this password.',
  cipher: 'The PKCS #12 file is encrypted by an old method (RC2). Export it anew with AES or triple DES.',
  damaged: 'The PKCS #12 file is damaged.',
};

/** Authorities that come along with others are their chain; in a file of their own they are meant to be trusted. */
function rolesOf({ certificates, privateKeys }: FoundCertificates): NewCertificate[] {
  const people = certificates.filter(({ isAuthority }) => !isAuthority);
  if (people.length === 0) {
    return certificates.map((facts) => ({ role: 'authority', facts, chain: [], origin: 'import' }));
  }
  const authorities = certificates.filter(({ isAuthority }) => isAuthority).map(({ der }) => der);
  return people.map((facts) => {
    const privateKey = privateKeys.find((key) => isOwn(facts, key));
    const role = privateKey === undefined ? 'recipient' : 'own';
    return { role, facts, chain: authorities.slice(0, CHAIN_MAX), origin: 'import', privateKey };
  });
}

const CHAIN_MAX = 5;

function isOwn({ publicKey }: CertificateFacts, key: Buffer): boolean {
  return isKeyOf(publicKey, key);
}

async function add(
  { vault }: Pick<InventoryDeps, 'vault'>,
  tx: Tx,
  wanted: NewCertificate,
  { actor, network }: By,
): Promise<StoredCertificate[]> {
  const { keyring } = vault;
  const there = await loadByFingerprint(keyring, tx, wanted.facts.fingerprint);
  // Its private key makes it another: the organisation's own.
  const isReplaced = there !== undefined && wanted.privateKey !== undefined && !there.row.hasKey;
  if (isReplaced) await removeCertificate(tx, there.row.id);
  const id = await insertCertificate(vault, tx, wanted);
  const made = id === undefined ? undefined : await loadCertificate(keyring, tx, id);
  if (made === undefined) return [];
  const { row, facts } = made;
  await appendAudit(vault, tx, {
    event: 'certificate-taken-in',
    details: {
      actor,
      ...(network === undefined ? {} : { network }),
      certificate: row.id,
      fingerprint: facts.fingerprint,
      role: row.role,
    },
  });
  return [made];
}
