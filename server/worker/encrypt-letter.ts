// Owns making a letter one that only its recipient can read, by S/MIME: where an approved certificate for the address may be used at this
// moment. Where not, there is no such letter, and whoever asked takes the next road, which must not be a weaker one than it would have taken.

import type { Readable } from 'node:stream';
import { isoNow } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { readWhole } from '../core/read-whole.ts';
import { inTransaction } from '../db/engine.ts';
import { composeStream } from '../mail/compose.ts';
import type { OutgoingMail } from '../mail/compose.ts';
import type { CertificateEvidence } from '../messages/message.ts';
import { usedWords } from '../smime/certificate-words.ts';
import { noteUsed } from '../smime/certificates.store.ts';
import { encryptFor } from '../smime/secure-mail.ts';
import { loadCertificateFor, loadSignerFor } from '../smime/usable.ts';
import type { UsableDeps, UsableSigner } from '../smime/usable.ts';
import type { Letter, MailDeps } from './mail-deps.ts';

/** A letter whose bytes are made: its envelope, and the mail as it leaves. */
export interface SecuredLetter extends Pick<Letter, 'from' | 'to'> {
  readonly raw: Buffer;
  readonly certificate: CertificateEvidence;
  /** "AES-256-GCM, RSA-OAEP" */
  readonly algorithms: string;
  readonly isSigned: boolean;
}

/**
 * Signed as well where the organisation has a certificate of its own for the author's address, or for MAIL_FROM's. Undefined where
 * there is no certificate for its recipient; the letter was not read then. @throws Error when it is too large, or cannot be encrypted.
 */
export async function encryptLetter(
  deps: MailDeps,
  letter: Letter,
  compose: (mail: OutgoingMail) => Readable = composeStream,
): Promise<SecuredLetter | undefined> {
  const { db, vault } = deps;
  const usable: UsableDeps = { db, keyring: vault.keyring, clock: vault.clock };
  const certificate = await loadCertificateFor(usable, letter.to);
  if (certificate === undefined) return undefined;
  const { signer, mail: signed } = await signedBy(deps, usable, letter.mail);
  const signing = signer === undefined ? undefined : { signer, at: new Date(vault.clock.nowMs()) };
  const raw = await deps.smimeTurns.take(async () =>
    encryptFor(await readWhole(compose(signed), most), [certificate], signing),
  );
  const used = [certificate.id, ...(signer === undefined ? [] : [signer.id])];
  await inTransaction(db, (tx) => noteUsed(tx, used, isoNow(vault.clock)));
  const { fingerprint, issuer, notAfter } = certificate.facts;
  return {
    from: letter.from,
    to: letter.to,
    raw,
    certificate: { fingerprint, issuer, notAfter },
    algorithms: usedWords(certificate),
    isSigned: signing !== undefined,
  };
}

/**
 * RFC 8550 section 3: the address in the signer's certificate has to be that of From or Sender. So a mail that the house signs for
 * its author names the house as its sender.
 */
async function signedBy(
  { mailFrom, orgName }: MailDeps,
  usable: UsableDeps,
  mail: OutgoingMail,
): Promise<{ readonly signer: UsableSigner | undefined; readonly mail: OutgoingMail }> {
  const own = await loadSignerFor(usable, mail.from.address);
  if (own !== undefined || mail.from.address === mailFrom.address) return { signer: own, mail };
  const signer = await loadSignerFor(usable, mailFrom.address);
  return {
    signer,
    mail: signer === undefined ? mail : { ...mail, sender: { address: mailFrom.address, name: orgName } },
  };
}

// It is held in memory, several times over.
const most = { bytes: limits.smimeBytesMax, tooMuch: () => new Error('a mail too large for S/MIME') };
